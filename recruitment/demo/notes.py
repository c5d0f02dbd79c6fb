"""What staff jot down beside a contact. General on purpose: nobody is described."""

from random import Random

_NOTES = (
    "Prefers to be called before noon.",
    "Asked how many visits there are; answered from the study card.",
    "Background noise, wants to talk in the evening.",
    "Daughter may answer; ask for the person by name only.",
    "Will look for the medication list before the next call.",
    "Asked about parking at the clinic.",
    "Works shifts; Tuesdays are free.",
    "Voicemail is full.",
    "Friendly, wants everything once more by e-mail.",
    "Wants to speak with the family first.",
    "Needs a ride; asked what the site can offer.",
    "Heard of the study from a neighbor as well.",
)


def contact_note(rng: Random) -> str:
    """One line."""
    return rng.choice(_NOTES)
