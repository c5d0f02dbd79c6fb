"""The product as it is served, its clock at the moment around which the data is dated."""

from benchmarks import moment

moment.begin()  # before the models, which keep a reference to the clock

from trialsnest.wsgi import application  # noqa: E402  (see above)

__all__ = ["application"]
