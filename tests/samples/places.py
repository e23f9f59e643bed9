"""Where the sample people live, and the telephone numbers that no living person has.

The numbers lie in ranges set aside for fiction: +1 NPA 555-0100 to 0199 (NANPA), Ofcom's and ARCEP's numbers for drama,
the Bundesnetzagentur's "Rufnummern für Medienproduktionen", and the PTS's for Sweden.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One city.

    Args:
        country: ISO 3166-1 alpha-2.
        code: The country's calling code, with its plus.
        phone: Significant number of a landline, spaced, with a slot for a count.
        mobile: The same of a mobile.
        mobile_from: The first count for ``mobile``, where two cities share one range.
        trunk: What stands before a number written nationally; empty where samples are always international.
        postcode: With a slot for a count.
    """

    country: str
    city: str
    timezone: str
    language: str
    code: str
    phone: str
    mobile: str
    postcode: str
    mobile_from: int = 0
    trunk: str = ""

    @property
    def locale(self) -> str:
        """Language and country, as in ``en-GB``."""
        return f"{self.language}-{self.country}"


def _british(city: str, phone: str, mobile_from: int) -> Place:
    mobile = "7700 900{:03d}"
    return Place("GB", city, "Europe/London", "en", "+44", phone, mobile, "ZZ{:02d} 1AA", mobile_from, trunk="0")


def _american(city: str, timezone: str, landline: str, mobile: str) -> Place:
    numbers = (f"{landline} 555 01{{:02d}}", f"{mobile} 555 01{{:02d}}")
    return Place("US", city, timezone, "en", "+1", *numbers, "00{:03d}")


LONDON = _british("London", "20 7946 0{:03d}", 0)
LEEDS = _british("Leeds", "113 496 0{:03d}", 400)
EDINBURGH = _british("Edinburgh", "131 496 0{:03d}", 700)
NEW_YORK = _american("New York", "America/New_York", "212", "917")
CHICAGO = _american("Chicago", "America/Chicago", "312", "773")
SEATTLE = _american("Seattle", "America/Los_Angeles", "206", "425")
MONTREAL = Place("CA", "Montréal", "America/Toronto", "fr", "+1", "514 555 01{:02d}", "438 555 01{:02d}", "X0X 0X{:d}")
BERLIN = Place("DE", "Berlin", "Europe/Berlin", "de", "+49", "30 23125 {:03d}", "171 39200{:02d}", "00{:03d}")
KOLN = Place("DE", "Köln", "Europe/Berlin", "de", "+49", "221 4710 {:03d}", "171 39200{:02d}", "00{:03d}", 50)
GOTEBORG = Place(
    "SE", "Göteborg", "Europe/Stockholm", "sv", "+46", "31 390 06 {:02d}", "70 174 06 {:02d}", "000 {:02d}", 5
)
MALMO = Place("SE", "Malmö", "Europe/Stockholm", "sv", "+46", "40 628 04 {:02d}", "70 174 06 {:02d}", "000 {:02d}", 50)
PARIS = Place("FR", "Paris", "Europe/Paris", "fr", "+33", "1 99 00 10 {:02d}", "6 39 98 10 {:02d}", "00{:03d}")
NANCY = Place("FR", "Nancy", "Europe/Paris", "fr", "+33", "3 53 01 20 {:02d}", "6 39 98 20 {:02d}", "00{:03d}")

PLACES = (
    *(LONDON, NEW_YORK, BERLIN, LEEDS, LONDON, GOTEBORG, CHICAGO, PARIS, LONDON, EDINBURGH),
    *(LONDON, SEATTLE, LEEDS, NEW_YORK, LONDON, MONTREAL, KOLN, CHICAGO, NANCY, MALMO),
    *(LEEDS, LONDON, SEATTLE, EDINBURGH, LONDON),
)
"""The round that is gone in turn, so that a city has its share and no range runs out."""
