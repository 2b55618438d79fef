"""What the sources of the reference tables cannot say: given here, each with its reason."""

CATALOGUE = "2026.1"
# The file of each model and the column of its nearest neighbour; every second column follows.
NEIGHBOURS = {
    "2021": ("dfe_statistical_neighbours_2021_wide.csv", 5),
    "2025": ("dfe_statistical_neighbours_2025_wide.csv", 4),
}

KINDS = {
    "/10k": "rate",
    "/100k": "rate",
    "%": "percentage",
    "ratio": "ratio",
    "score": "mean",
    "count": "count",
    "FTE": "count",
}
POPULATIONS = {f"{band} pop": band for band in ("0-17", "0-25", "5-16", "10-17")}
SETS_OF_TWO_WORDS = ("EES b1", "DfE termly", "YJB KPI")

# The source gives one decimal; these three are published at two, and at one decimal their
# distribution collapses into a handful of ties (England's permanent exclusions: 0.13 %).
DECIMALS = {"ED04": "2", "ME04": "2", "YJ02": "2"}

SUCCESSORS = {
    "820": ("822", "823"),
    "835": ("838", "839"),
    "836": ("839",),
    "837": ("839",),
    "875": ("895", "896"),
    "909": ("942", "943"),
    "928": ("940", "941"),
}

# Spellings seen in DfE, LAIT, Ofsted, Data to Insight and ONS files that are not the name itself.
VARIANTS = (
    ("Bedford Borough", "822"),
    ("Bournemouth (Pre LG)", "837"),
    ("Dorset (Pre LG)", "835"),
    ("Poole (Pre LG)", "836"),
    ("Bristol", "801"),
    ("City of Bristol", "801"),
    ("BCP", "839"),
    ("Durham", "840"),
    ("Herefordshire", "884"),
    ("Hull", "810"),
    ("Hull City", "810"),
    ("Kingston upon Hull", "810"),
    ("Richmond", "318"),
    ("Kingston", "314"),
    ("Scilly Isles", "420"),
    ("Southend", "882"),
    ("Saint Helens", "342"),
    ("Stockton", "808"),
    ("Stoke", "861"),
    ("Telford", "894"),
    ("London (Inner)", "E13000001"),
    ("London (Outer)", "E13000002"),
    ("East", "E12000006"),
    ("Eastern", "E12000006"),
    ("Yorkshire and Humber", "E12000003"),
    ("Yorkshire and Humberside", "E12000003"),
    ("England", "E92000001"),
)

FICTIONAL_REGION = ("D00", "Demonstration region", "")
FICTIONAL = (
    ("D01", "Averndale", "893"),
    ("D02", "Brackenshire", "926"),
    ("D03", "Cressmouth", "890"),
    ("D04", "Dunmarrow", "908"),
    ("D05", "Elvermere", "857"),
    ("D06", "Fallowgate", "302"),
    ("D07", "Graymarsh", "806"),
    ("D08", "Hallowdean", "919"),
    ("D09", "Kelderby", "383"),
    ("D10", "Larkenshaw", "209"),
    ("D11", "Ormsthwick", "801"),
)

LAIT = "lait_csc_long.csv"
LIST_BEGINS = "2009-01-01"
ABROAD = "702"
