"""A school's list of people, what somebody types for one of them, and words that name nobody: invented, and labelled.

The labels are what a lead would say: of `TYPED`, whom is meant; of `ORDINARY`, that no name is meant at all. The words
are those that stand in searches for incidents, which ask the list of people as well.
"""

from typing import Final

PEOPLE: Final = (
    "Mohammed Rahman", "Caitlin O'Brien", "Zoë Smith-Jones", "Stephen Shaw", "Jonathan Price", "Siobhan Murphy",
    "Aaliyah Khan", "Oliver Harvey", "Grace Harveys", "Lucy Brown", "Daniel Brookes", "Megan Griffiths", "Sean Kelly",
    "Kathryn Hughes", "Geoffrey Phillips", "Philippa Watson", "Rhys Llewellyn", "Angharad Pritchard", "Yusuf Ahmed",
    "Fatima Hussain", "Agnieszka Kowalczyk", "Krzysztof Nowak", "Chloe Bailey", "Isla Macdonald", "Niamh Gallagher",
    "Aoife Byrne", "Xavier Da Silva", "Precious Okafor", "Chinedu Eze", "Oluwaseun Adeyemi", "Priya Patel",
    "Arjun Sharma", "Simran Kaur", "Gurpreet Dhillon", "Mei Chen", "Xiaoming Zhang", "Nguyen Thi Lan", "Jack Thompson",
    "Harriet Barker", "Alfie Whittle", "Malachi Whittaker", "Deborah Begum", "Finley Edwards", "Olivia Fletcher",
    "Keira Sadler", "Tyler Baptiste", "Amelia Clarke", "Leah Clark", "Callum Stewart", "Ewan Stuart", "Hannah Abbott",
    "Rebecca Lee", "Joel Leigh", "Sara Read", "Sarah Reid", "Toby Grant", "Poppy Post", "Billy Page", "Violet Chatham",
    "Archie Fonseca", "Bella Bulley", "George Pickard", "Ruby Rumbold", "Florence Fotheringham",
)  # fmt: skip

TYPED: Final = {
    "Muhammad": "Mohammed Rahman", "mohamed": "Mohammed Rahman", "mohammad rahmann": "Mohammed Rahman",
    "Kaitlyn": "Caitlin O'Brien", "katelin obrien": "Caitlin O'Brien", "zoe smith": "Zoë Smith-Jones",
    "steven": "Stephen Shaw", "jonathon": "Jonathan Price", "jonahtan": "Jonathan Price",
    "shivaun": "Siobhan Murphy", "murphey": "Siobhan Murphy", "siobahn": "Siobhan Murphy", "aliyah": "Aaliyah Khan",
    "alia kahn": "Aaliyah Khan", "oliver harvy": "Oliver Harvey", "brooks": "Daniel Brookes",
    "megan grifiths": "Megan Griffiths", "shaun kelly": "Sean Kelly", "shawn": "Sean Kelly",
    "catherine hughes": "Kathryn Hughes", "katherine": "Kathryn Hughes", "jeffrey": "Geoffrey Phillips",
    "philips": "Geoffrey Phillips", "filippa": "Philippa Watson", "reece": "Rhys Llewellyn",
    "lewellyn": "Rhys Llewellyn", "angarad": "Angharad Pritchard", "yousef ahmad": "Yusuf Ahmed",
    "fatema": "Fatima Hussain", "husain": "Fatima Hussain", "agnieshka": "Agnieszka Kowalczyk",
    "kowalchyk": "Agnieszka Kowalczyk", "cloe bailey": "Chloe Bailey", "bayley": "Chloe Bailey",
    "mcdonald": "Isla Macdonald", "gallacher": "Niamh Gallagher", "javier": "Xavier Da Silva",
    "okafore": "Precious Okafor", "oluwasuen": "Oluwaseun Adeyemi", "pryia": "Priya Patel", "pattel": "Priya Patel",
    "gurprit": "Gurpreet Dhillon", "dillon": "Gurpreet Dhillon", "tompson": "Jack Thompson", "thomson": "Jack Thompson",
    "hariet": "Harriet Barker", "malachy": "Malachi Whittaker", "witaker": "Malachi Whittaker",
    "debra": "Deborah Begum", "finlay": "Finley Edwards", "keera": "Keira Sadler", "sadlere": "Keira Sadler",
    "stuart callum": "Callum Stewart", "euan": "Ewan Stuart", "hanna abott": "Hannah Abbott",
    "rebekah": "Rebecca Lee", "florance": "Florence Fotheringham",
}  # fmt: skip

ORDINARY: Final = (
    "group", "chat", "photo", "photos", "snapchat", "instagram", "whatsapp", "message", "messages", "account",
    "school", "teacher", "phone", "bullying", "threat", "threats", "meeting", "parents", "mother", "father",
    "platform", "roblox", "tiktok", "discord", "password", "hacked", "screenshot", "video", "nudes", "grooming",
    "money", "blackmail", "gaming", "fight", "playground", "bus", "lesson", "police", "referral", "social",
    "worker", "worried", "crying", "anxious", "selfharm", "weekend", "homework", "classroom", "corridor", "knife",
    "drugs", "vaping", "racist", "abuse", "stranger", "followers", "fake", "profile", "livestream", "deepfake",
)  # fmt: skip
