"""The words of the story grammar: names, characters, places, things, weather, food.

The two name sets share no name: a model that has learnt to copy a name from the text can also tell the stories
of the held-out set, one that has learnt names by heart cannot.
"""

import random
import re

TRAIN_GIRLS = """Ada Adele Agnes Alba Alma Amelia Amy Anita Anna Annie April Astrid Aurora Bella Berta Beth Bianca Britta
Camilla Cara Carla Carmen Carol Celia Clara Cora Daisy Dana Daria Delia Diana Dora Edith Elena Elisa Ella Elsa Emma Erika
Esther Eva Fanny Fay Fiona Flora Frida Gemma Gerda Gina Gloria Greta Hannah Hazel Helen Hilda Holly Ida Ines Irene Iris
Isabel Ivy Jane Jenny Joan Judith Julia June Karin Kate Kira Lara Laura Lena Lily Lina Lisa Lola Lotta Lucy Luna Mabel
Maja Mara Maria Martha Mary Matilda Maya Mia Mina Mira Molly Nadia Nancy Nelly Nina Nora Olga Olive Paula Pearl Petra
Polly Rita Robin Rosa Rose Ruby Ruth Sally Sandra Sara Selma Sofia Sonia Stella Susan Tanya Tessa Tilda Tina Tora Ursula
Vera Viola Wanda Wendy Yara Zara Zelda Zoe""".split()

TRAIN_BOYS = """Abel Adam Albert Alex Alfred Andrew Anton Arnold Arthur August Basil Ben Bernard Bert Bill Bob Boris Bruno
Carl Caspar Charles Chris Colin Conrad Daniel David Dennis Dirk Donald Dylan Edgar Edward Elias Emil Eric Ernest Eugene
Felix Finn Frank Fred Gabriel George Gilbert Gordon Gregor Gus Hans Harold Harry Hector Henry Herman Hubert Hugo Ian
Isaac Ivan Jack Jacob James Jan Jasper Jerome Jim Joel John Jonas Joseph Julian Kai Karl Ken Kevin Konrad Lars Lenny Leo
Leon Lewis Louis Lucas Luke Magnus Marcus Mark Martin Matthew Max Michael Miles Milo Morris Nathan Ned Neil Nick Noah
Norman Olaf Oliver Oscar Otto Owen Pablo Patrick Paul Pedro Percy Peter Philip Piet Ralph Ray Richard Rob Roger Roland
Rolf Ron Rufus Rupert Sam Samuel Sandy Saul Seth Simon Stan Stefan Steve Sven Ted Theo Thomas Tim Tobias Toby Tom Tony
Victor Vincent Walter Wilbur Will Xavier Zach""".split()

TRAIN_PETS = """Amber Bandit Biscuit Blaze Bobbin Bramble Breeze Bubbles Button Candle Chestnut Cinder Clover Cocoa Comet
Cookie Copper Cricket Crumbs Dandy Dapple Dash Dusty Ember Fern Fidget Flicker Fluffy Freckles Frost Fudge Ginger Hopper
Jolly Jumper Maple Marble Misty Mocha Muffin Nibbles Nutmeg Patches Peanut Pebble Pepper Pickle Pip Poppy Puddle Rascal
Rusty Scout Shadow Smoky Snowy Socks Speckle Spotty Thistle Ticket Toffee Treacle Tumble Twig Velvet Waffle Whiskers""".split()

HELD_GIRLS = """Abigail Alina Beatrix Bridget Cecily Chloe Delphine Doris Eleanor Eliza Enid Freya Georgia Grace Harriet
Henrietta Imogen Josie Juno Kitty Leah Lydia Mabelle Margot Minna Odette Penelope Philippa Roberta Romy Sabina Tabitha
Thea Una Veronica Winnie""".split()

HELD_BOYS = """Alistair Ambrose Barnaby Benedict Bertram Casimir Clement Cyril Desmond Dominic Edmund Ferdinand Fergus
Gareth Giles Horace Humphrey Igor Jeremy Jethro Kasper Laurence Leopold Mortimer Nigel Orlando Quentin Raymond Reuben
Rodney Sebastian Sidney Terence Timothy Ulrich Wallace""".split()

HELD_PETS = """Acorn Bracken Bumble Caramel Doodle Feather Goblin Hazelnut Juniper Mango Pockets Ripple Saffron Sprout
Tangle Wisp""".split()


def invented(count, endings, seed):
    """Names that nobody has, from syllables: so many that copying one is easier to learn than all of them by heart."""
    rng, out = random.Random(seed), set()
    taken = {n.lower() for names in (HELD_GIRLS, HELD_BOYS, HELD_PETS) for n in names}
    while len(out) < count:
        name = "".join(rng.choice("b d f g h j k l m n p r s t v w z br cr dr fl gr kl pl st tr th sh".split()) + rng.choice("aeiou") +
                       rng.choice(["", "", "", "l", "n", "r", "s", "m"]) for _ in range(rng.choice([1, 1, 2])))
        name += rng.choice(endings)
        clumsy = re.search(r"[aeiou]{2}[aeiou]|aa|ii|uu|[^aeiouy]{4}|[bdfghjmpvwz][bdfghjkmnpstvwz]|[a-z]k$(?<![aeiourln]k)", name)
        if name not in taken and not clumsy and 4 <= len(name) <= 7:
            out.add(name.capitalize())
    return sorted(out)


TRAIN_GIRLS = 12 * TRAIN_GIRLS + invented(1500, ["a", "la", "na", "ra", "ine", "elle", "ia", "y", "etta", "ise"], 1)
TRAIN_BOYS = 12 * TRAIN_BOYS + invented(1500, ["o", "n", "k", "ton", "us", "rick", "is", "bert", "mo", "vin"], 2)
TRAIN_PETS = 8 * TRAIN_PETS + invented(600, ["ky", "ples", "bit", "ock", "umble", "er", "ow", "zy", "in", "le"], 3)
NAMES = {"train": (TRAIN_GIRLS, TRAIN_BOYS, TRAIN_PETS), "held-out": (HELD_GIRLS, HELD_BOYS, HELD_PETS)}

ANIMALS = "fox rabbit bear mouse squirrel duckling hedgehog kitten puppy otter badger frog lamb pony mole beaver".split()

# Trait, and what somebody with it does.
TRAITS = {
    "kind": "liked to help everyone", "brave": "was not easily frightened", "curious": "asked a hundred questions a day",
    "patient": "never minded waiting", "clever": "could solve almost any puzzle", "careful": "always looked twice",
    "shy": "spoke in a very soft voice", "stubborn": "never gave up", "cheerful": "sang from morning to night",
    "lazy": "liked to sleep until noon", "proud": "always wanted to be the best", "honest": "never told a lie",
    "gentle": "was good to all living things", "quick": "could run like the wind", "quiet": "liked to listen more than to talk",
    "forgetful": "left things everywhere", "greedy": "always wanted a little more", "polite": "always said please and thank you",
    "playful": "made a game of everything", "thoughtful": "liked to think before acting",
}
GOOD_TRAITS = [t for t in TRAITS if t not in ("lazy", "proud", "greedy", "forgetful", "stubborn", "shy")]

COLOURS = "red blue green yellow orange purple white brown pink black grey".split()
SIZES = "small big tiny large little".split()

# Things that a child carries; the second word is what they are made of.
THINGS = {
    "ball": "rubber", "kite": "paper", "doll": "cloth", "drum": "wood", "boat": "wood", "train": "wood", "whistle": "tin",
    "scarf": "wool", "hat": "wool", "cap": "cloth", "coat": "wool", "mitten": "wool", "bag": "cloth", "basket": "straw",
    "umbrella": "cloth", "lantern": "glass", "key": "iron", "bell": "brass", "cup": "clay", "spoon": "wood",
    "map": "paper", "box": "wood", "ribbon": "silk", "button": "bone", "flute": "wood", "book": "paper", "bucket": "tin",
    "blanket": "wool", "notebook": "paper", "brush": "wood", "purse": "cloth", 
    "pencil": "wood", "bottle": "glass", "mirror": "glass", "jar": "glass", "crown": "paper",
}
BREAKABLE = ["cup", "bottle", "mirror", "lantern", "plate", "vase", "bowl", "jar", "teapot", "jug", "window", "flowerpot"]

# Place: how one is there, how one goes there, where things hide there.
PLACES = {
    "park": ("in", ["under the bench", "behind the old oak", "near the pond", "beside the swings", "in the tall grass"]),
    "forest": ("in", ["under a fern", "behind a fallen tree", "in a hollow stump", "beside the stream", "among the roots"]),
    "beach": ("on", ["behind a rock", "under a towel", "near the boats", "in the wet sand", "beside a pool of water"]),
    "market": ("at", ["under a table", "behind the apple cart", "between two barrels", "near the fountain", "beside the bread stall"]),
    "farm": ("on", ["behind the barn", "under the cart", "in the hay", "near the well", "beside the henhouse"]),
    "garden": ("in", ["under the roses", "behind the shed", "between the beans", "near the gate", "beside the apple tree"]),
    "school": ("at", ["under a desk", "behind the door", "on the high shelf", "near the window", "beside the blackboard"]),
    "library": ("in", ["under a chair", "behind the curtain", "between two thick books", "near the stairs", "beside the lamp"]),
    "meadow": ("in", ["under a bush", "behind a stone wall", "in a patch of clover", "near the brook", "beside the wooden fence"]),
    "harbour": ("at", ["under a net", "behind a pile of crates", "between two boats", "near the lighthouse", "beside the rope"]),
    "station": ("at", ["under a seat", "behind the ticket office", "between two suitcases", "near the clock", "beside the tracks"]),
    "barn": ("in", ["under a ladder", "behind the sacks", "in the straw", "near the horses", "beside the old wheel"]),
    "attic": ("in", ["under a dusty sheet", "behind the chimney", "in an old trunk", "near the round window", "beside the broken chair"]),
    "village square": ("in", ["under the stage", "behind the statue", "between two flower beds", "near the town hall", "beside the fountain"]),
    "orchard": ("in", ["under a pear tree", "behind the beehives", "in a heap of leaves", "near the ditch", "beside the ladder"]),
    "mill": ("at", ["under the stairs", "behind the flour sacks", "between the wheels", "near the water", "beside the scales"]),
}
OUTDOORS = ["park", "forest", "beach", "market", "farm", "garden", "meadow", "harbour", "village square", "orchard"]

FOODS = {"bread": "some", "soup": "some", "honey": "some", "cheese": "some", "porridge": "some", "milk": "some", "jam": "some",
         "apple": "an", "pear": "a", "cake": "a", "pie": "a", "pancake": "a", "biscuit": "a", "carrot": "a", "plum": "a",
         "nut": "a", "bun": "a", "sandwich": "a"}
COUNTED = {"apple": "apples", "pear": "pears", "nut": "nuts", "plum": "plums", "bun": "buns", "egg": "eggs", "carrot": "carrots",
           "cherry": "cherries", "shell": "shells", "button": "buttons", "coin": "coins", "marble": "marbles", "stone": "stones",
           "flower": "flowers", "cookie": "cookies", "candle": "candles"}
NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()

GROWN = {"mother": "f", "father": "m", "grandmother": "f", "grandfather": "m", "aunt": "f", "uncle": "m"}
TOWN = {"teacher": "f", "baker": "m", "farmer": "m", "fisherman": "m", "librarian": "f", "gardener": "f", "shopkeeper": "f",
        "postman": "m", "miller": "m", "painter": "f", "tailor": "m", "carpenter": "m", "doctor": "f", "blacksmith": "m"}
KIN = {"f": ["friend", "sister", "cousin", "neighbour"], "m": ["friend", "brother", "cousin", "neighbour"]}

SMALL = {"bird": "a broken wing", "kitten": "a thorn in its paw", "puppy": "a cut on its leg", "rabbit": "a sore foot",
         "hedgehog": "a string around its leg", "duckling": "mud on its feathers", "squirrel": "a hurt tail",
         "lamb": "a stone in its hoof", "mouse": "a sore nose", "owl": "a bent feather", "turtle": "a crack in its shell",
         "butterfly": "a wet wing", "goat": "a rope around its neck", "frog": "a scratch on its back"}

# Makes a loud or strange noise: what it sounded like, what it turned out to be, where.
NOISES = [("a soft scratching", "scratching at the wood"), ("a low humming", "humming an old song"),
          ("a loud bang", "knocking things over"), ("a quiet crying", "crying for help"),
          ("a strange whistling", "whistling through its teeth"), ("a slow tapping", "tapping on a board"),
          ("a deep growling", "snoring in its sleep"), ("a gentle ringing", "playing with a bell")]

FEARS = {"the dark": ("lit a small lamp", "There is nothing there that is not there by day"),
         "thunder": ("counted the seconds after each flash", "It is only the clouds bumping together"),
         "deep water": ("held on to a rope", "The water carries you if you let it"),
         "high places": ("looked only at the next step", "Do not look down, look at me"),
         "big dogs": ("held out an open hand", "Let it smell your hand first"),
         "spiders": ("watched one build its web", "It is much smaller than you are"),
         "loud noises": ("hummed a quiet tune", "A noise cannot hurt you"),
         "bees": ("stood very still", "They only want the flowers"),
         "the wind": ("sang as loudly as possible", "The wind only wants to play"),
         "strangers": ("said one friendly word", "Every friend was a stranger once"),
         "horses": ("brushed the brown mane slowly", "It can feel when you are calm")}

# Things to make: from what, what goes wrong, what helps, what one does with it.
MAKES = {
    "kite": (["paper", "thin sticks", "string"], "would not fly", "was too heavy", "made it lighter", "flew above the roofs"),
    "boat": (["a piece of wood", "a rag", "a nail"], "tipped over", "was too tall", "made the mast shorter", "sailed across the pond"),
    "cake": (["flour", "eggs", "honey"], "did not rise", "was in a cold oven", "put more wood on the fire", "smelled wonderful"),
    "birdhouse": (["boards", "nails", "paint"], "fell from the tree", "was not tied well", "used a stronger rope", "hung safely on its branch"),
    "snowman": (["snow", "a carrot", "two lumps of coal"], "lost its head", "was leaning to one side", "packed the snow more tightly", "stood straight and tall"),
    "cart": (["planks", "four wheels", "a rope"], "would not roll", "had a crooked wheel", "put the wheel on straight", "rolled down the lane"),
    "swing": (["a board", "two ropes", "a strong knot"], "hung crooked", "had one rope too short", "tied a new knot", "went up and down smoothly"),
    "soup": (["carrots", "water", "salt"], "tasted of nothing", "had no salt in it", "added a little salt", "tasted very good"),
    "puppet": (["an old sock", "buttons", "wool"], "would not open its mouth", "was sewn too tightly", "cut the thread", "seemed to talk"),
    "scarecrow": (["straw", "an old coat", "a stick"], "fell over", "was standing in soft ground", "dug a deeper hole", "frightened all the crows away"),
    "raft": (["logs", "rope", "a long pole"], "came apart", "was tied with thin string", "used a thick rope", "floated like a duck"),
    "lantern": (["a jar", "a candle", "wire"], "kept going out", "had no lid", "made a little lid", "shone all evening"),
    "necklace": (["shells", "thread", "a needle"], "broke in two", "hung on a thin thread", "used a stronger thread", "looked lovely"),
    "tent": (["a blanket", "two poles", "pegs"], "fell flat", "had loose pegs", "pushed the pegs in deeper", "kept out the wind"),
}

# Weather: what it does, what becomes of the plan, what one wears.
WEATHERS = {"rain": ("It began to rain", "got wet", "umbrella"), "snow": ("Snow began to fall", "got cold", "scarf"),
            "wind": ("A strong wind came up", "was nearly blown over", "coat"), "storm": ("A storm came over the hills", "got wet", "coat"),
            "fog": ("A thick fog came down", "could hardly see", "lantern"), "heat": ("The sun grew very hot", "got a red face", "hat")}

SEEDS = {"bean": "beans", "sunflower": "sunflowers", "pumpkin": "pumpkins", "tomato": "tomatoes", "rose": "roses", "pea": "peas",
         "strawberry": "strawberries", "melon": "melons", "tulip": "tulips", "onion": "onions", "radish": "radishes"}
