"""Drawing — 画法: how limits, rails and custody chains become shapes; pure functions of values and the time."""
