"""The words of the story grammar: names, characters, places, things, weather, food.

The two name sets share no name: a model that has learnt to copy a name from the text can also tell the stories
of the held-out set, one that has learnt names by heart cannot.
"""

import random
import re

TRAIN_GIRLS = """Ada Alice Amy Anna Bella Betty Cara Clara Daisy Dora Ella Emily Emma Eva Fiona Flora Grace Greta Hannah Helen
Ida Ivy Jane Jenny Julia Kate Lara Lena Lily Lisa Lola Lucy Maria Martha Mary Maya Mia Molly Nancy Nina Nora Olive Paula
Polly Rosa Rose Ruby Sally Sara Sofia Stella Susan Tina Vera Wendy Zoe""".split()

TRAIN_BOYS = """Adam Alex Anton Ben Bill Bob Bruno Carl Charlie Daniel David Emil Eric Felix Finn Frank Fred George Hans
Harry Henry Hugo Ivan Jack Jacob James Jim John Jonas Karl Leo Lewis Louis Lucas Luke Mark Martin Max Milo Nick Noah Oliver
Oscar Otto Paul Peter Philip Robert Rupert Sam Simon Ted Theo Tim Tom Victor""".split()

HELD_GIRLS = """Abigail Alina Beatrix Bridget Cecily Chloe Delphine Doris Eleanor Eliza Enid Freya Georgia Harriet Henrietta
Imogen Josie Juno Kitty Leah Lydia Mabel Margot Minna Odette Penelope Philippa Roberta Romy Sabina Tabitha Thea Una Veronica
Winnie Yara""".split()

HELD_BOYS = """Alistair Ambrose Barnaby Benedict Bertram Casimir Clement Cyril Desmond Dominic Edmund Ferdinand Fergus
Gareth Giles Horace Humphrey Igor Jeremy Jethro Kasper Laurence Leopold Mortimer Nigel Orlando Quentin Raymond Reuben
Rodney Sebastian Sidney Terence Ulrich Wallace Xavier""".split()


def invented(count, endings, seed):
    """Names that nobody has, from syllables: so many that they can only be copied, not known by heart."""
    rng, out = random.Random(seed), set()
    taken = {n.lower() for names in (HELD_GIRLS, HELD_BOYS, TRAIN_GIRLS, TRAIN_BOYS) for n in names}
    while len(out) < count:
        name = "".join(rng.choice("b d f g h j k l m n p r s t v w z br cr dr fl gr kl pl st tr th sh".split()) + rng.choice("aeiou") +
                       rng.choice(["", "", "", "l", "n", "r", "s", "m"]) for _ in range(rng.choice([1, 1, 2])))
        name += rng.choice(endings)
        clumsy = re.search(r"[aeiou]{2}[aeiou]|aa|ii|uu|[^aeiouy]{4}|[bdfghjmpvwz][bdfghjkmnpstvwz]|[a-z]k$(?<![aeiourln]k)", name)
        if name not in taken and not clumsy and 4 <= len(name) <= 7:
            out.add(name.capitalize())
    return sorted(out)


# Names, and names that are met rarely (one character in twelve has one of those): (girls, boys, rare girls, rare boys).
NAMES = {"train": (TRAIN_GIRLS, TRAIN_BOYS, invented(1500, ["a", "la", "na", "ra", "ine", "elle", "ia", "etta", "ise"], 1),
                   invented(1500, ["o", "n", "k", "ton", "us", "rick", "is", "bert", "mo", "vin"], 2)),
         "held-out": (HELD_GIRLS, HELD_BOYS, HELD_GIRLS, HELD_BOYS)}
RARE = 1 / 12

ANIMALS = "fox rabbit mouse squirrel duck hedgehog bear frog cat dog".split()
ELDERS = {"owl": "f", "goat": "m", "turtle": "f", "crow": "m"}

# Trait, and what somebody with it does.
TRAITS = {
    "kind": "liked to help everyone", "brave": "was not afraid of anything", "curious": "asked many questions",
    "clever": "could solve every puzzle", "careful": "always looked twice", "quiet": "liked to listen",
    "cheerful": "sang from morning to night", "honest": "never told a lie", "gentle": "was good to all animals",
    "polite": "always said please and thank you", "playful": "made a game of everything", "friendly": "liked to make new friends",
}

COLOURS = "red blue green yellow white brown black pink".split()
TOYS = "kite boat train drum flute doll whistle".split()
WEAR = "hat scarf coat cap bag blanket".split()
OTHER = "book bell lantern map box basket umbrella cup".split()
THINGS = TOYS + WEAR + OTHER
BREAKABLE = ["cup", "plate", "vase", "bowl", "jar", "teapot", "jug", "clock", "lamp"]

# Place: how one is there, where things are found there.
PLACES = {
    "park": ("in", ["under the bench", "behind the old oak", "near the pond", "in the tall grass"]),
    "forest": ("in", ["under a fern", "behind a fallen tree", "beside the stream", "in a hollow tree"]),
    "beach": ("on", ["behind a rock", "under a towel", "near the boats", "in the wet sand"]),
    "market": ("at", ["under a table", "behind the apple cart", "near the fountain", "beside the bread stall"]),
    "farm": ("on", ["behind the barn", "under the cart", "in the hay", "near the well"]),
    "garden": ("in", ["under the roses", "behind the shed", "near the gate", "beside the apple tree"]),
    "meadow": ("in", ["under a bush", "behind a stone wall", "near the brook", "beside the wooden fence"]),
    "harbour": ("at", ["under a net", "behind the boxes", "between two boats", "near the lighthouse"]),
    "orchard": ("in", ["under a pear tree", "behind the beehives", "in the leaves", "beside the ladder"]),
    "playground": ("at", ["under the slide", "behind the swings", "in the sand", "near the gate"]),
}

FOODS = {"bread": "some", "soup": "some", "honey": "some", "cheese": "some", "jam": "some", "milk": "some",
         "cake": "a", "pie": "a"}
SWEETS = {"pancakes": "pancake", "cookies": "cookie", "buns": "bun", "cakes": "cake", "plums": "plum", "pears": "pear"}

GROWN = {"mother": "f", "father": "m", "grandmother": "f", "grandfather": "m", "aunt": "f", "uncle": "m"}
TOWN = {"teacher": "f", "baker": "m", "farmer": "m", "fisherman": "m", "gardener": "f", "shopkeeper": "f",
        "postman": "m", "painter": "f", "tailor": "m"}
KIN = {"f": ["friend", "friend", "sister", "cousin"], "m": ["friend", "friend", "brother", "cousin"]}

SMALL = {"bird": "a broken wing", "kitten": "a cut on its leg", "puppy": "a sore paw", "rabbit": "a sore foot",
         "hedgehog": "a string around its leg", "duckling": "a hurt wing", "squirrel": "a hurt tail",
         "lamb": "a stone in its hoof", "mouse": "a sore nose", "owl": "a broken wing"}

# A noise at night, and what makes it.
NOISES = {"a soft scratching": ("kitten", "scratching at the door"), "a loud bang": ("goat", "knocking over the boxes"),
          "a quiet crying": ("puppy", "crying for its mother"), "a slow tapping": ("bird", "tapping on the window"),
          "a strange rustling": ("hedgehog", "walking through dry leaves"), "a gentle ringing": ("lamb", "wearing a little bell"),
          "a deep snoring": ("dog", "sleeping on an old sack"), "a strange squeaking": ("mouse", "eating a piece of cheese")}

# What is feared: where, what happens there, what helps, and the advice.
FEARS = {"the dark": ("in the old barn", "Suddenly the light went out", "took a deep breath and lit a lamp", "There is nothing here that is not here by day"),
         "thunder": ("in the garden", "Suddenly there was thunder in the sky", "counted slowly to ten", "It is only a noise"),
         "deep water": ("at the lake", "{B} jumped into the water", "held on to a rope and went in", "I will stay beside you"),
         "high places": ("in the old tower", "The stairs went up and up", "looked only at the next step", "Do not look down, look at me"),
         "big dogs": ("in the park", "Suddenly a big dog came along", "held out an open hand", "Let it smell your hand first"),
         "spiders": ("in the attic", "There was a spider on the wall", "looked at the spider for a long time", "It is much smaller than you are"),
         "bees": ("in the orchard", "Bees were flying around the flowers", "stood very still", "They only want the flowers"),
         "horses": ("on the farm", "A big horse stood at the gate", "touched its soft nose", "It is a friend of mine")}

# Things to make: from what, what goes wrong, why, what helps, what it does then.
MAKES = {
    "kite": ("paper, sticks and string", "did not fly", "is too heavy", "made it lighter", "flew high above the roofs"),
    "boat": ("wood, cloth and a nail", "tipped over", "is too tall", "made the mast shorter", "sailed across the pond"),
    "cake": ("flour, eggs and honey", "did not rise", "needs a hotter oven", "put more wood on the fire", "smelled wonderful"),
    "birdhouse": ("boards, nails and paint", "fell from the tree", "needs a stronger rope", "tied it with a strong rope", "hung safely in the tree"),
    "cart": ("boards, wheels and a rope", "did not roll", "has a crooked wheel", "put the wheel on straight", "rolled down the hill"),
    "swing": ("a board and two ropes", "hung crooked", "has one short rope", "took a longer rope", "went up and down"),
    "soup": ("carrots, water and a pot", "tasted of nothing", "needs salt", "added a little salt", "tasted very good"),
    "scarecrow": ("straw, a stick and an old coat", "fell over", "needs a deeper hole", "dug a deeper hole", "frightened all the crows away"),
    "tent": ("a blanket and two poles", "fell down", "needs more rope", "tied it to a tree", "kept out the wind"),
}

# Weather: what somebody says in the morning, what happens, what one wears against it, what one gets at home.
WEATHERS = {"rain": ("It will rain today", "it began to rain", "got wet", "umbrella", "hot soup"),
            "fog": ("It will be foggy today", "a thick fog came down", "could not see the way", "lantern", "hot soup"),
            "wind": ("It will be windy today", "a cold wind came up", "was very cold", "coat", "hot tea"),
            "heat": ("It will be hot today", "the sun grew very hot", "was very hot", "hat", "cold water")}
PLANS = ["have a picnic", "pick berries", "play hide and seek", "look for treasure", "pick flowers", "build a little house", "catch butterflies"]
BEACH_PLANS = ["have a picnic", "play hide and seek", "look for shells", "build a castle of sand"]

SEEDS = {"bean": "beans", "sunflower": "sunflowers", "pumpkin": "pumpkins", "tomato": "tomatoes", "rose": "roses", "carrot": "carrots",
         "strawberry": "strawberries", "tulip": "tulips"}
MARKS = ["the old bridge", "the white church", "the broken fence", "the big stone", "the windmill", "the red barn", "the old well", "the tall tower"]
CHASED = ["a butterfly", "a white rabbit", "a red balloon", "a little bird", "a grey cat"]
# Work for two: how it is asked for, who does it, what one has in the end.
CHORES = {"pick apples": ("picked all the apples", "apples", "a big basket of apples"), "pick berries": ("picked all the berries", "berries", "a big bowl of berries"),
          "dig up potatoes": ("dug up all the potatoes", "potatoes", "a big bag of potatoes"), "gather nuts": ("gathered all the nuts", "nuts", "a big bag of nuts"),
          "bake bread": ("baked all the bread", "bread", "a basket of warm bread"), "catch fish": ("caught all the fish", "fish", "a bucket of fish")}
JOBS = ["sweep the floor", "carry the boxes", "paint the door", "feed the hens", "wash the windows", "water the flowers"]
HERDS = ["hens", "sheep", "goats", "geese", "rabbits"]
