"""Invented names in several languages and scripts, put together from lists of parts."""

from dataclasses import dataclass
from random import Random

# ruff: noqa: RUF001  (names are spelled as their owners would)


@dataclass(frozen=True)
class NameList:
    """Given and family names that go together, and how often people with them ask.

    `language` is what some of them prefer to speak and `speaks_english_pct` how many speak English.
    `script_pct` of the names are written in the language's own script, where there is one.
    """

    language: str
    weight: int
    speaks_english_pct: int
    first: tuple[str, ...]
    last: tuple[str, ...]
    native_first: tuple[str, ...] = ()
    native_last: tuple[str, ...] = ()
    script_pct: int = 0


def _names(words: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in words.split())


LISTS: tuple[NameList, ...] = (
    NameList(
        "English",
        58,
        100,
        _names(
            "Avery Blake Carla Dennis Edith Felix Gloria Harold Imogen Jasper Keisha Leonard Maeve "
            "Nolan Odette Percy Quinn Rosalind Silas Tabitha Ulric Verity Wendell Yvette Zachary "
            "Mary_Ellen Billie-Jo D’Andre Shauna Terrence Latoya Clifford Renée Zoë"
        ),
        _names(
            "Ashgrove Birchwell Coldwater Dunmore Elmhurst Fairlight Greystone Hollins Inglewood "
            "Jessop Kettleby Larkham Marchbank Netherby Oakshott Pemberley Quill Stokesley "
            "Thistlewood Underhill Vaneholt Wexcombe Yarwood O’Hallern D’Arcombe McIlvray "
            "Smythe-Rowe St._Crane Nuñez-Vale"
        ),
    ),
    NameList(
        "Spanish",
        17,
        62,
        _names(
            "Alejandra Benito Consuelo Dámaso Estefanía Fermín Graciela Hernán Inés Joaquín Lucía "
            "Martín María_José Ñusta Óscar Pilar Ramón Soledad Úrsula Xiomara"
        ),
        _names(
            "Arroyuelo Bermejillo Castañar de_la_Peñuela Escalonilla Fuentealba García-Montoro "
            "Ibáñez Lozanillo Muñozal Peñalver Quintanar Riofrío del_Río Salcedillo Zúñigal"
        ),
    ),
    NameList(
        "Vietnamese",
        5,
        50,
        _names("Anh Bảo Diễm Đức Hạnh Khánh Linh Mỹ_Duyên Ngọc Phương Quỳnh Thảo Tuấn Vỹ"),
        _names("Nguyễn Trần_Thị Lê_Văn Phạm Huỳnh Võ Đặng Bùi Đỗ_Thị Hồ"),
    ),
    NameList(
        "Polish",
        4,
        78,
        _names("Agnieszka Bogusław Danuta Elżbieta Grażyna Kazimierz Łucja Michał Świętosława"),
        _names("Brzęczyk Chrząstowicz Dąbrówny Gżegżółka Jaźwińska Łękawski Mączyńska Żółtobrzeg"),
    ),
    NameList(
        "Haitian Creole",
        2,
        55,
        _names("Fabiola Jean-Robé Mirlande Wisnel Darlène Evens"),
        _names("Bonavil Désirme Jean-Lwi Pierre-Noël Sainvalé Ti-Jan"),
    ),
    NameList(
        "Mandarin",
        4,
        55,
        _names("Jialin Meiting Xiuying Wenbo Zihan Haoran"),
        _names("Ouyang Shangguan Xu Zhuge Qiu Lü"),
        _names("佳林 美婷 秀盈 文博 子涵 浩然"),
        _names("欧阳 上官 徐 诸葛 邱 吕"),
        45,
    ),
    NameList(
        "Korean",
        2,
        60,
        _names("Ha-eun Min-jun Seo-yeon Ji-ho"),
        _names("Namgoong Seonu Hwangbo Dokgo"),
        _names("하은 민준 서연 지호"),
        _names("남궁 선우 황보 독고"),
        40,
    ),
    NameList(
        "Russian",
        3,
        58,
        _names("Agrafena Bronislav Evdokia Nazar Zlata"),
        _names("Berezkov Lugovaya Ozerskikh Shchukarin"),
        _names("Аграфена Бронислав Евдокия Назар Злата"),
        _names("Берёзков Луговая Озёрских Щукарин"),
        35,
    ),
    NameList(
        "Arabic",
        3,
        60,
        _names("Amal Bashir Dunya Faris Noor Zaynab"),
        _names("al-Baytar Bin_Sahl el-Nahhas Qamari"),
        _names("أمل بشير دنيا فارس نور زينب"),
        _names("البيطار بن_سهل النحاس قمري"),
        35,
    ),
    NameList(
        "Hindi",
        2,
        75,
        _names("Chandrika Devansh Ishita Omkar Vasudha"),
        _names("Balakrish Deshvani Raichand Trivedika"),
        _names("चन्द्रिका देवांश इशिता ओंकार वसुधा"),
        _names("बालकृष्ण देशवानी रायचन्द त्रिवेदिका"),
        30,
    ),
)


@dataclass(frozen=True)
class InventedName:
    """One person's name with a language; `latin` is what an address is made from."""

    first: str
    last: str
    latin: str
    language: str
    speaks_english: bool


def invent_name(rng: Random) -> InventedName:
    """A name from one list. A few people give one name only."""
    chosen = rng.choices(LISTS, weights=[names.weight for names in LISTS])[0]
    first, last = rng.randrange(len(chosen.first)), rng.randrange(len(chosen.last))
    speaks_english = rng.randrange(100) < chosen.speaks_english_pct
    native = rng.randrange(100) < chosen.script_pct
    alone = rng.random() < 0.008
    firsts = chosen.native_first if native else chosen.first
    lasts = chosen.native_last if native else chosen.last
    return InventedName(
        first=firsts[first],
        last="" if alone else lasts[last],
        latin=f"{chosen.first[first]} {chosen.last[last]}",
        language="English" if speaks_english else chosen.language,
        speaks_english=speaks_english,
    )
