"""Which time zones a telephone number or a location band may lie in (D29). Data and look-ups.

A number says where it was given out, not where its owner is now, so its zones only ever narrow the
hours. Area codes and ZIP regions that straddle a line name both zones. Other countries take every
zone that the pinned `tzdata` wheel lists for them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import phonenumbers

EASTERN, CENTRAL = "America/New_York", "America/Chicago"
MOUNTAIN, PACIFIC = "America/Denver", "America/Los_Angeles"
PHOENIX, ANCHORAGE, HONOLULU = "America/Phoenix", "America/Anchorage", "Pacific/Honolulu"
PUERTO_RICO, GUAM = "America/Puerto_Rico", "Pacific/Guam"
NORTH_AMERICA = 1

_AREA_CODES: Mapping[tuple[str, ...], str] = {
    (EASTERN,): """
        201 202 203 207 212 215 216 220 223 227 229 231 234 239 240 248 252 260 267 269 272 276 283
        301 302 304 305 313 315 317 321 324 326 329 330 332 336 339 347 351 352 363 380 386 401 404
        407 410 412 413 419 423 434 436 440 443 445 463 470 472 475 478 484 502 508 513 516 517 518
        540 551 561 567 570 571 574 582 585 586 603 606 607 609 610 614 616 617 624 631 640 645 646
        656 667 678 679 680 681 686 689 703 704 706 716 717 718 724 727 728 732 734 740 743 754 757
        762 765 770 771 772 774 781 786 802 803 804 810 813 814 821 826 828 835 838 839 843 845 848
        854 856 857 859 860 862 863 864 865 878 904 908 910 912 914 917 919 929 934 937 941 943 947
        948 954 959 973 978 980 984 989""",
    (CENTRAL,): """
        205 210 214 217 218 219 224 225 228 235 251 254 256 262 274 281 309 312 314 316 318 319 320
        325 327 331 334 337 346 353 361 402 405 409 414 417 430 432 447 457 464 469 479 501 504 507
        512 515 531 534 539 557 563 572 573 580 601 608 612 615 618 620 629 630 636 641 651 659 660
        662 682 708 712 713 715 726 730 731 737 763 769 773 779 785 806 815 816 817 830 832 847 861
        870 872 901 903 913 918 920 924 936 938 940 945 952 956 972 975 979 985""",
    (MOUNTAIN,): "303 307 385 406 435 505 575 719 720 801 915 970 983",
    (PACIFIC,): """
        206 209 213 253 279 310 323 341 350 357 360 369 408 415 424 425 442 458 503 509 510 530 541
        559 562 564 619 626 628 650 657 661 669 702 707 714 725 738 747 760 775 805 818 820 831 837
        840 858 909 916 925 949 951 971""",
    (PHOENIX,): "480 520 602 623 928",
    (ANCHORAGE,): "907",
    (HONOLULU,): "808",
    (PUERTO_RICO,): "340 787 939",
    (GUAM,): "671",
    (EASTERN, CENTRAL): "270 364 448 812 850 906 930 931",
    (CENTRAL, MOUNTAIN): "308 605 701",
    (MOUNTAIN, PACIFIC): "208 986",
}
_ZIP_REGIONS: tuple[tuple[int, int, str], ...] = (
    (5, 5, EASTERN),
    (6, 9, PUERTO_RICO),
    (10, 323, EASTERN),
    (324, 325, CENTRAL),
    (326, 349, EASTERN),
    (350, 372, CENTRAL),
    (373, 374, EASTERN),
    (375, 375, CENTRAL),
    (376, 379, EASTERN),
    (380, 397, CENTRAL),
    (398, 418, EASTERN),
    (420, 424, CENTRAL),
    (425, 462, EASTERN),
    (463, 464, CENTRAL),
    (465, 475, EASTERN),
    (476, 477, CENTRAL),
    (478, 499, EASTERN),
    (500, 574, CENTRAL),
    (577, 577, MOUNTAIN),
    (580, 585, CENTRAL),
    (586, 586, MOUNTAIN),
    (587, 588, CENTRAL),
    (590, 599, MOUNTAIN),
    (600, 690, CENTRAL),
    (692, 693, MOUNTAIN),
    (700, 797, CENTRAL),
    (798, 834, MOUNTAIN),
    (835, 835, PACIFIC),
    (836, 837, MOUNTAIN),
    (838, 838, PACIFIC),
    (840, 847, MOUNTAIN),
    (850, 865, PHOENIX),
    (870, 885, MOUNTAIN),
    (889, 961, PACIFIC),
    (967, 968, HONOLULU),
    (969, 969, GUAM),
    (970, 994, PACIFIC),
    (995, 999, ANCHORAGE),
)
"""First and last three digits of a ZIP code, both included; 575 and 691 lie in two zones."""

_ZIP = re.compile(r"\bZIP\s+(\d{3})", re.IGNORECASE)


@cache
def _zones_by_area_code() -> Mapping[str, tuple[str, ...]]:
    return {code: zones for zones, codes in _AREA_CODES.items() for code in codes.split()}


@cache
def _zones_by_country() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _, name, *_ = line.split("\t")
            found[country].append(name)
    return {country: tuple(names) for country, names in found.items()}


def zones_of_phone(e164: str) -> tuple[str, ...]:
    """The zones in which this number may have been given out; none where that is not known."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return ()
    if number.country_code == NORTH_AMERICA:
        return _zones_by_area_code().get(str(number.national_number)[:3], ())
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return _zones_by_country().get(region, ())


def zones_of_phones(numbers: Iterable[str]) -> tuple[str, ...]:
    """The zones of several numbers, each once."""
    return tuple(dict.fromkeys(zone for number in numbers for zone in zones_of_phone(number)))


def zone_of_band(band: str) -> str:
    """The zone of a location band that names a ZIP region, such as "ZIP 021"; "" for others."""
    match = _ZIP.search(band)
    if match is None:
        return ""
    region = int(match[1])
    return next((zone for first, last, zone in _ZIP_REGIONS if first <= region <= last), "")
