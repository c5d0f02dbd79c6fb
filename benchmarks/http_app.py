"""The product as it is served, its clock at the moment around which the data is dated.

One address is added: the constant page, behind the product's own middleware.
"""

import os

from django.conf import settings

from benchmarks import moment

moment.begin()  # before the models, which keep a reference to the clock
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsnest.settings")
settings.ROOT_URLCONF = "benchmarks.product_urls"

from trialsnest.wsgi import application  # noqa: E402  (see above)

__all__ = ["application"]
