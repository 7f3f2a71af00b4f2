"""Limits on real data — 期限评测: planted rows, rows nobody expected, and the real folder where it is there."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dangui.evaluate.limits import evaluate_limits, render

EVENT_HEADER = "doc_id,case_no,court_code,court,procedure,defendant,event,date"
SPAN_HEADER = "doc_id,defendant,kind,months,start,end,days_off_simple_rule,context"


def events(folder: Path, *rows: tuple[str, str, str, str]) -> None:
    lines = [f"{doc},,,,普通,{who},{name},{day}" for doc, who, name, day in rows]
    (folder / "events.csv").write_text("\n".join([EVENT_HEADER, *lines]) + "\n", "utf-8")


def spans(folder: Path, *rows: tuple[str, str, str, str, str]) -> None:
    lines = [f"{number},1,{kind},{months},{start},{end},,{context}"
             for number, (kind, months, start, end, context) in enumerate(rows)]
    (folder / "sentence_spans.csv").write_text("\n".join([SPAN_HEADER, *lines]) + "\n", "utf-8")


def sentences(folder: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = evaluate_limits(folder)["sentences"]
    return found


# --- intervals ---


@pytest.mark.parametrize(("days", "flagged"), [
    (0, False), (3, False), (7, False), (14, False), (15, False), (36, False), (37, False), (38, False), (39, True),
    (40, True), (67, True), (365, True),
])
@pytest.mark.parametrize("detained", ["2024-09-27", "2024-01-31", "2024-02-29", "2023-12-31", "2025-01-20"])
def test_an_interval_is_flagged_from_the_thirty_ninth_day_on(
    tmp_path: Path, detained: str, days: int, flagged: bool
) -> None:
    arrested = date.fromisoformat(detained) + timedelta(days=days)
    events(tmp_path, ("1", "1", "刑事拘留", detained), ("1", "1", "逮捕", str(arrested)))
    found = evaluate_limits(tmp_path)["intervals"]
    assert found["intervals"] == 1
    assert found["flagged"] == int(flagged)


def test_the_maximum_used_is_named_with_its_articles_and_where_it_was_read(tmp_path: Path) -> None:
    events(tmp_path, ("1", "1", "刑事拘留", "2024-01-01"), ("1", "1", "逮捕", "2024-01-10"))
    for folder in (tmp_path / "no_packs", Path(__file__).parents[2] / "procedures"):
        found = evaluate_limits(tmp_path, folder)["intervals"]["limits"]
        assert [(limit["length"], limit["basis"]) for limit in found][:2] == [
            ("30 days", "criminal_procedure/2018#91.2"), ("7 days", "criminal_procedure/2018#91.3")]
    assert evaluate_limits(tmp_path, tmp_path / "no_packs")["intervals"]["limits"][0]["source"] == "limits.yaml"


def test_lengths_are_read_from_the_packs_where_they_are(tmp_path: Path) -> None:
    events(tmp_path, ("1", "1", "刑事拘留", "2024-01-01"), ("1", "1", "逮捕", "2024-01-10"))
    pack = tmp_path / "packs" / "criminal" / "investigation"
    pack.mkdir(parents=True)
    (pack / "deadlines.yaml").write_text(
        "request_arrest: {length: [{is: 2 days, basis: 'x/2000#1'}], extendable: [{by: 1 to 2 days, basis: y}]}\n")
    found = evaluate_limits(tmp_path, tmp_path / "packs")["intervals"]
    assert found["limits"][0] == {
        "deadline": "request_arrest", "length": "2 days", "basis": "x/2000#1", "source": "criminal/investigation"}


def test_only_direct_steps_of_one_defendant_are_intervals(tmp_path: Path) -> None:
    events(
        tmp_path,
        ("1", "1", "刑事拘留", "2024-01-01"), ("1", "1", "取保候审", "2024-01-08"), ("1", "1", "逮捕", "2024-06-01"),
        ("2", "1", "刑事拘留", "2024-01-01"), ("2", "2", "逮捕", "2024-06-01"),
        ("3", "1", "逮捕", "2024-01-20"), ("3", "1", "刑事拘留", "2024-01-01"), ("3", "1", "刑事拘留", "2024-01-01"),
        ("4", "1", "逮捕", "2024-01-01"), ("4", "1", "刑事拘留", "2024-02-01"),
    )
    found = evaluate_limits(tmp_path)["intervals"]
    assert found["days"] == {"19": 1}
    assert found["classes"] == {"negative_interval": 1, "repeated_row": 1}


def test_a_flagged_interval_falls_in_a_class_with_a_title(tmp_path: Path) -> None:
    events(tmp_path, *((str(n), "1", name, day) for n, second in enumerate(["2024-02-20", "2025-01-20", "2024-09-01"])
                       for name, day in (("刑事拘留", "2024-01-01"), ("逮捕", second))))
    result = evaluate_limits(tmp_path)
    assert result["intervals"]["classes"] == {
        "longer_than_any_limit": 1, "month_slip_or_overrun": 1, "year_slip_or_two_matters": 1}
    assert set(result["intervals"]["classes"]) <= set(result["titles"])


# --- ends of sentences ---

STANDING = "判决执行以前先行羁押的，羁押一日折抵刑期一日"


@pytest.mark.parametrize(("months", "start", "end", "context"), [
    ("7", "2018-10-15", "2019-05-14", f"{STANDING}，即自2018年10月15日起至2019年5月14日止。罚金于十日内缴纳。"),
    ("12", "2018-03-01", "2019-01-23", f"{STANDING}，扣除先行羁押的36日，即自2018年3月1日起至2019年1月23日止。"),
    ("12", "2018-03-01", "2019-01-23",
     f"{STANDING}，折抵三十六日，即自二〇一八年三月一日起至二〇一九年一月二十三日止。"),
    ("12", "2018-03-01", "2019-01-23", f"{STANDING}，即自2018年3月1日起至2019年1月23日止，先行羁押的36天已扣除。"),
    ("12", "2018-03-01", "2019-01-24", f"{STANDING}，扣除前期羁押的一个月零七日，即自2018年3月1日起。"),
    ("12", "2018-03-01", "2019-02-17",
     f"{STANDING}，2017年12月4日至2017年12月14日的羁押期限已从刑期中折抵，即自2018年3月1日。"),
    ("12", "2018-03-01", "2019-02-17",
     f"{STANDING}，被指定监视居住二十二天，可折抵刑期十一天，即自2018年3月1日起至2019年2月17日止。"),
    ("12", "2018-03-01", "2019-02-23", "2017年12月4日至2017年12月13日的指定居所监视居住期间已从刑期中折抵。"),
    ("1.5", "2018-03-01", "2018-04-15", ""),
])
def test_an_end_is_reproduced_from_the_term_and_the_stated_credit(
    tmp_path: Path, months: str, start: str, end: str, context: str
) -> None:
    spans(tmp_path, ("有期徒刑", months, start, end, context))
    found = sentences(tmp_path)
    assert (found["exact"], found["classes"], found["unreadable"]) == (1, {}, {})
    assert found["end_still_visible"] == 0


def test_the_printed_end_is_hidden_in_every_spelling_so_that_it_cannot_be_copied(tmp_path: Path) -> None:
    printed = ["即自2018年3月1日起至2019年1月20日止", "自２０１８年３月１日至２０１９年１月２０日止",
               "刑满日期为2019年1月20日", "自二○一八年三月一日起，至二○一九年一月二十日止",
               "自2018年3月1日至2019年01月20日", "2019 年 1 月 20 日"]
    spans(tmp_path, *(("有期徒刑", "12", "2018-03-01", "2019-01-20", text) for text in printed))
    found = sentences(tmp_path)
    assert found["end_still_visible"] == 0
    assert found["exact"] == 0
    assert found["classes"] == {"not_stated": len(printed)}


@pytest.mark.parametrize(("months", "start", "end", "context", "kind"), [
    ("12", "2018-03-01", "2017-02-28", "", "end_before_start"),
    ("1", "2018-04-30", "2018-05-30", "", "month_end"),
    ("12", "2018-03-01", "2029-02-28", "", "whole_years"),
    ("12", "2018-03-01", "2019-03-31", "", "whole_months"),
    ("12", "2018-03-01", "2019-01-24", "扣除先行羁押的36日", "stated_near"),
    ("12", "2018-03-01", "2018-12-01", "扣除先行羁押的36日", "stated_differs"),
    ("12", "2018-03-01", "2019-01-20", "", "not_stated"),
    ("12", "2018-03-01", "2019-03-01", "", "one_day_longer"),
    ("8", "2017-06-30", "2018-02-28", "", "no_same_day"),
    ("12", "2018-03-01", "2019-06-09", "", "longer"),
])
def test_a_missed_end_falls_in_an_explained_class(
    tmp_path: Path, months: str, start: str, end: str, context: str, kind: str
) -> None:
    spans(tmp_path, ("有期徒刑", months, start, end, context))
    result = evaluate_limits(tmp_path)
    assert result["sentences"]["classes"] == {kind: 1}
    assert result["titles"][kind]["zh"]
    assert result["titles"][kind]["en"]


def test_custody_recorded_elsewhere_explains_an_end_but_is_counted_apart(tmp_path: Path) -> None:
    events(tmp_path, ("0", "1", "刑事拘留", "2017-01-01"), ("0", "1", "取保候审", "2017-01-31"))
    spans(tmp_path, ("有期徒刑", "12", "2018-03-01", "2019-01-28", ""))
    found = sentences(tmp_path)
    assert (found["exact"], found["with_recorded_custody"], found["classes"]) == (0, 1, {"recorded": 1})


def test_the_month_end_rule_is_that_of_the_day_of_judgment(tmp_path: Path) -> None:
    events(tmp_path, ("0", "1", "判决", "2021-03-01"), ("1", "1", "判决", "2021-02-28"))
    spans(tmp_path, ("有期徒刑", "1", "2020-11-30", "2020-12-30", ""),
          ("有期徒刑", "1", "2020-11-30", "2020-12-29", ""))
    assert sentences(tmp_path)["exact"] == 2


# --- data nobody has seen ---


def test_rows_that_cannot_be_read_are_counted_by_cell_and_never_stop_the_run(tmp_path: Path) -> None:
    broken = [("有期徒刑", "12", "2018-02-30", "2019-02-28", ""), ("有期徒刑", "12", "", "2019-02-28", ""),
              ("有期徒刑", "", "2018-03-01", "2019-02-28", ""), ("有期徒刑", "许多", "2018-03-01", "2019-02-28", ""),
              ("有期徒刑", "0", "2018-03-01", "2019-02-28", ""), ("无期徒刑", "12", "2018-03-01", "2019-02-28", ""),
              ("", "", "", "", ""), ("有期徒刑", "12", "2018-03-01", "2109-13-01", ""),
              ("有期徒刑", "12", "9999-12-31", "9999-12-31", ""), ("拘役", "12.25", "2018-03-01", "2019-02-28", ""),
              ("有期徒刑", "12", "2018/3/1", "2019年2月28日", "九九年羁押一百零一百十十日，扣除〇日 扣除9999日"), ]
    spans(tmp_path, *broken)
    found = sentences(tmp_path)
    assert (found["rows"], found["readable"], found["exact"]) == (11, 1, 1)
    assert found["unreadable"] == {"end": 1, "kind": 1, "months": 4, "start": 4}


def test_events_of_any_quality_are_read(tmp_path: Path) -> None:
    events(tmp_path, ("1", "1", "刑事拘留", "2024-13-01"), ("1", "1", "逮捕", ""), ("", "", "", ""),
           ("2", "1", "刑事拘留", "0000-00-00"), ("3", "1", "刑事拘留", "9999-12-31"), ("3", "1", "逮捕", "昨日"))
    found = evaluate_limits(tmp_path)["intervals"]
    assert (found["intervals"], found["flagged"], found["shortest_flagged"]) == (0, 0, None)
    assert found["classes"] == {"unreadable_date": 6}


def test_tables_with_broken_bytes_short_rows_and_other_columns_are_read(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_bytes(b"\xef\xbb\xbfdoc_id,event\n1\n1,\xff\xfe\x00,3,4,5\n\n\"open quote,\n")
    (tmp_path / "sentence_spans.csv").write_bytes(b"")
    result = evaluate_limits(tmp_path)
    assert result["intervals"]["intervals"] == 0
    assert result["sentences"]["rows"] == 0
    assert result["sentences"]["share"] is None
    assert render(result)


def test_an_absent_table_is_named_and_an_absent_folder_is_an_error(tmp_path: Path) -> None:
    events(tmp_path, ("1", "1", "刑事拘留", "2024-01-01"), ("1", "1", "逮捕", "2024-01-10"))
    result = evaluate_limits(tmp_path)
    assert result["missing"] == ["sentence_spans.csv"]
    assert "sentence_spans.csv" in render(result)
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        evaluate_limits(tmp_path / "nowhere")


def test_the_result_is_json_and_the_table_gives_both_languages(tmp_path: Path) -> None:
    events(tmp_path, ("1", "1", "刑事拘留", "2024-01-01"), ("1", "1", "逮捕", "2024-03-10"))
    spans(tmp_path, ("有期徒刑", "12", "2018-03-01", "2019-01-20", ""))
    result = evaluate_limits(tmp_path)
    assert json.loads(json.dumps(result)) == result
    table = render(result)
    assert "criminal_procedure/2018#91.2" in table
    assert "刑期止日" in table
    assert "not reproduced" in table


# --- the real folder ---


@pytest.fixture(scope="module")
def real() -> Mapping[str, Any]:
    data = os.environ.get("DANGUI_DATA")
    if not data:
        pytest.skip("DANGUI_DATA is not set: the limits are not judged on real intervals and sentence ends")
    return evaluate_limits(Path(data) / "timeline")


def test_of_the_real_intervals_none_up_to_37_days_and_all_over_38_are_flagged(real: Mapping[str, Any]) -> None:
    found = real["intervals"]
    lengths = {int(days): count for days, count in found["days"].items()}
    flagged = [case["days"] for case in found["cases"]]
    assert found["intervals"] > 7000
    assert min(flagged) > 37
    assert len([days for days in flagged if days > 38]) == sum(count for days, count in lengths.items() if days > 38)
    assert found["flagged"] / found["intervals"] < 0.03


def test_87_percent_of_real_sentence_ends_are_reproduced_and_every_miss_has_a_class(real: Mapping[str, Any]) -> None:
    found = real["sentences"]
    assert found["end_still_visible"] == 0
    assert found["share"] >= 0.87 > 0.84 > found["plain_share"] > 0.83
    assert sum(found["classes"].values()) == found["readable"] - found["exact"]
    assert set(found["classes"]) <= set(real["titles"])
