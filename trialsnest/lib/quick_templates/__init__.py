"""Django's templates, run as Python in place of a walk from node to node.

A loader that hands out the same templates with each stretch of nodes turned into one function, made
when it is first shown. Text, plain names (`{{ row.due }}`) and those with `default`, `{% if %}`,
`{% include %}` of a fixed file, `{% url %}` of plain names, what is always the same, and a
`{% for %}` in which nothing sets a name or asks for `forloop` become code. Every other tag and
filter, and every value that is no plain text, number, field, form or list of errors, goes through
Django's own node, so what is written is the same to the byte (ADR 13, and
tests/trialsnest/test_quick_templates.py).
"""
