"""Signing in, posts, languages, headers."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings

from dangui.core.ledger import Actor
from dangui.web import environment, people
from dangui.web.models import User

from . import story


def test_the_desk_asks_a_stranger_to_sign_in_and_remembers_where_they_were_going(db):
    answer = Client().get("/desk/find/?q=x")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=%2Fdesk%2Ffind%2F%3Fq%3Dx"


def test_the_demo_signs_in_with_one_click_and_lists_people_by_agency(node, enter):
    client = enter(story.INVESTIGATOR, "赵敏")
    assert client.get("/desk/").status_code == 200
    page = Client(headers={"accept-language": "zh-CN"}).get("/accounts/login/").content.decode()
    assert "清河县公安局" in page
    assert "赵敏" in page


def test_the_demo_is_refused_on_any_database_but_the_embedded_one():
    with pytest.raises(ImproperlyConfigured):
        environment.demo({"DANGUI_DEMO": "1"})
    assert environment.demo({"DANGUI_DEMO": "1", "DANGUI_EMBEDDED": "1"})
    assert not environment.demo({})


def test_outside_of_the_demo_an_official_without_a_second_factor_is_sent_to_set_one_up(node, enter):
    client = enter(story.INVESTIGATOR)
    with override_settings(MFA_REQUIRED=True):
        answer = client.get("/desk/")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/2fa/totp/activate/"


def test_somebody_without_a_post_is_told_whom_to_ask(node, db):
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(
        User.objects.create_user("nobody", name="无岗"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    answer = client.get("/desk/")
    assert answer.status_code == 403
    assert "您还没有岗位" in answer.content.decode()


def test_a_person_with_two_posts_changes_between_them_but_never_to_anothers(node, enter):
    client = enter(story.INVESTIGATOR)
    people.enrol("zhao_min", "", story.POLICE, "evidence_keeper")
    other = people.enrol("zhou_ping", "", story.POLICE, "chief").holds.get()
    second = User.objects.get(username="zhao_min").holds.get(post="evidence_keeper")
    client.post("/desk/seat/", {"holder": second.pk})
    assert client.get("/desk/").context["actor"] == Actor("zhao_min", story.POLICE, "evidence_keeper")
    client.post("/desk/seat/", {"holder": other.pk})
    assert client.get("/desk/").context["actor"].post == "evidence_keeper"


def test_the_language_is_chosen_in_the_header_and_remembered(node, enter):
    client = enter(story.INVESTIGATOR)
    assert "我的工作" in client.get("/desk/").content.decode()
    client.post("/language/", {"language": "en", "next": "/desk/"})
    assert "My work" in client.get("/desk/").content.decode()


def test_a_password_is_guessed_a_few_times_only(node, db):
    people.enrol("zhao_min", "赵敏", story.POLICE, "investigator", password="a-long-secret-phrase")
    client = Client()
    answers = [client.post("/accounts/login/", {"login": "zhao_min", "password": f"guess-{n}"}) for n in range(7)]
    last = client.post("/accounts/login/", {"login": "zhao_min", "password": "a-long-secret-phrase"})
    assert answers[0].status_code == 200
    assert last.status_code != 302


def test_every_page_forbids_foreign_scripts_frames_and_copies(node, enter):
    answer = enter(story.INVESTIGATOR).get("/desk/")
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"


def test_no_template_has_an_inline_script_or_style(node, enter):
    page = enter(story.INVESTIGATOR).get("/desk/_components/").content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick" not in page


def test_outside_of_the_demo_cookies_travel_over_https_only(monkeypatch):
    import importlib

    from dangui.web import settings

    for name, value in {"DANGUI_DEMO": "0", "DANGUI_HTTPS": "1"}.items():
        monkeypatch.setenv(name, value)
    strict = importlib.reload(settings)
    assert strict.SESSION_COOKIE_SECURE
    assert strict.CSRF_COOKIE_SECURE
    assert strict.SECURE_HSTS_SECONDS
    assert strict.MFA_REQUIRED
