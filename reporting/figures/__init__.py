"""The arithmetic of sponsor reports: plain values in, published figures out. No ORM.

`inputs` is what the query floor reads from the log; `report.weekly_report` computes the figures and
suppresses small cells; `snapshot` freezes them. Only a snapshot may reach a page or a PDF.
"""
