"""What is printed in the act that sends it can be read where it arrives."""

from __future__ import annotations

from . import story


def test_every_paper_that_arrives_with_a_hand_over_can_be_opened_there(node, enter):
    story.sent_for_arrest(node, "林一帆")
    client = enter(story.CASE_MANAGER)
    (ticket,) = client.get("/desk/inbox/").context["page"].lines
    sheet = client.get(f"/desk/proceedings/{ticket.proceeding}/").context["sheet"]
    papers = {str(paper.title["zh"]): paper for volume in sheet.volumes for paper in volume.materials}
    assert "提请批准逮捕书" in papers
    assert [title for title, paper in papers.items() if not paper.size] == []
    for paper in papers.values():
        assert client.get(f"/desk/proceedings/{ticket.proceeding}/materials/{paper.id}/pages/1/").status_code == 200
