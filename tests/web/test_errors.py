"""Pages for when something goes wrong: calm, in both languages, with nothing lost."""

from __future__ import annotations

from unittest.mock import patch

from django.db import OperationalError
from django.test import Client, RequestFactory, override_settings

from dangui.core.ports import Unavailable
from dangui.web import errors
from dangui.web.desk import source

from . import story


def test_what_does_not_exist_and_what_may_not_be_seen_look_the_same(node, enter):
    proceeding, _ = story.filed(node, "赵大勇")
    stranger = enter(story.PROSECUTOR)
    hidden, absent = stranger.get(f"/desk/proceedings/{proceeding}/"), stranger.get("/desk/proceedings/none/")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content
    assert "赵大勇" not in hidden.content.decode()


def test_error_pages_speak_the_readers_language(db):
    client = Client(headers={"accept-language": "en"})
    assert "没有您能看的内容" in client.get("/nowhere/").content.decode(), "Chinese until the person chooses"
    client.cookies["dangui_language"] = "en"
    assert "nothing here for you" in client.get("/nowhere/").content.decode()


def test_a_database_that_goes_away_is_said_calmly_and_the_form_is_kept(node, enter):
    client = enter(story.INVESTIGATOR)
    with patch.object(source, "openings", side_effect=Unavailable("gone")):
        answer = client.post("/desk/open/criminal/investigation/", {"summary": "仓库<被盗>", "key": "k1"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "什么也没有丢" in page
    assert 'name="summary" value="仓库&lt;被盗&gt;"' in page
    assert 'name="key" value="k1"' in page


def test_a_database_lost_before_the_page_begins_is_a_503_too(db):
    client = Client(raise_request_exception=False, headers={"accept-language": "zh-CN"})
    with (
        patch("dangui.web.people.holding", side_effect=OperationalError("gone")),
        patch("dangui.web.middleware.acting.User", object),
    ):
        answer = client.get("/desk/")
    assert answer.status_code == 503


def test_an_upload_too_large_is_refused_before_it_is_read(node, enter):
    client = enter(story.INVESTIGATOR)
    with override_settings(UPLOAD_MOST=1000):
        answer = client.post("/desk/seat/", {"x": "y" * 2000})
    assert answer.status_code == 413
    assert "1000 B" in answer.content.decode()


def test_a_form_of_another_session_writes_nothing(node, enter):
    enter(story.CHIEF)
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "zh-CN"})
    answer = client.post("/accounts/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "表单已过期" in answer.content.decode()


def test_the_500_page_needs_neither_session_nor_database():
    answer = errors.failed(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "这不是您的错" in answer.content.decode()
