"""Plots of the training stories: who, where, what happens, why, and how it ends.

Each plot takes a `Cast` and returns paragraphs, lists of templates. What is named early (a colour, a place, a relative,
a fear, the reason of a visit) is needed again later, so that predicting the text asks for reference and memory, not only
for neighbouring words. Who is a girl and who a boy is said or follows from the name, and each story has one relative.
"""

import words
from grammar import Person

RULES = {
    "oneday": ["One [day|morning|afternoon]", "One [sunny|fine|warm|quiet|bright] [day|morning|afternoon]",
               "One [spring|summer] [day|morning]", "On a [sunny|fine|warm|quiet|bright] [day|morning]",
               "One [Monday|Tuesday|Friday|Saturday|Sunday]"],
    "home": ["in a small house by the sea", "in a little house near the river", "in a white house on a hill", "in an old house near the mill",
             "in a quiet village near the mountains", "in a small town by the sea", "in a little village in a green valley",
             "on a farm near the forest", "on a big farm by the river"],
    "den": ["in a big green forest", "under an old tree near the river", "in a warm house under a hill", "in a little house in the forest",
            "at the edge of the forest", "in a garden behind an old house"],
    "later": ["after a while", "a little later", "soon", "at last"],
    "sky": ["The sun was [shining|warm]", "The sky was [blue|clear]", "A [light|cool] wind was blowing", "The birds were singing [in the trees|on the roofs]",
            "The air smelled of [grass|flowers|fresh bread|apples]"],
}


class Cast:
    """The people and things of one story; `slots` is what templates see."""

    def __init__(self, rng, names):
        self.rng, self.names, self.slots, self.used = rng, names, {}, set()
        self.animals = rng.random() < 0.3
        a = self.hero("A")
        s = self.slots
        s["trait"] = rng.choice(list(words.TRAITS))
        s["habit"] = words.TRAITS[s["trait"]]
        self.rare = a.name in names[2] or a.name in names[3]
        kin = self.pick(words.GROWN)
        s["G"] = Person(f"{a.his} {kin}", words.GROWN[kin], kin)
        s["mine"] = f"my {kin}"

    def pick(self, items):
        return self.rng.choice(list(items))

    def chance(self, p):
        return self.rng.random() < p

    def hero(self, slot):
        gender = self.rng.choice("fm")
        kind = self.pick(words.ANIMALS) if self.animals else "girl" if gender == "f" else "boy"
        while True:
            name = self.pick(self.names[(0 if gender == "f" else 1) + (2 if self.chance(words.RARE) else 0)])
            if name not in self.used:
                break
        self.used.add(name)
        self.slots[slot] = Person(name, gender, kind)
        return self.slots[slot]

    def friend(self):
        """B, and {b}, what B is called when met first."""
        a, b = self.slots["A"], self.hero("B")
        while self.animals and b.kind == a.kind:
            b.kind = self.pick(words.ANIMALS)
        self.slots["b"] = f"{a.his} friend {b} the {b.kind}" if self.animals else f"{a.his} {self.pick(words.KIN[b.gender])} {b}"
        self.slots["nb"] = f"a {b.kind} named {b}"

    def town(self):
        """T, somebody who is not of the family."""
        who = self.pick(words.ELDERS if self.animals else words.TOWN)
        self.slots["T"] = Person(f"the old {who}", (words.ELDERS if self.animals else words.TOWN)[who], who)

    def thing(self, among):
        """A thing with a colour: "kite", "red kite"."""
        s = self.slots
        s["thing"], s["colour"] = self.pick(among), self.pick(words.COLOURS)
        s["full"] = f"{s['colour']} {s['thing']}"

    def place(self, among=None):
        s = self.slots
        s["place"] = self.pick(among or words.PLACES)
        how, spots = words.PLACES[s["place"]]
        s["at"] = f"{how} the {s['place']}"
        s["spot"], s["spot2"], s["spot3"] = self.rng.sample(spots, 3)


def opening(c, trait=True):
    """Who the story is about."""
    home = "<den>" if c.animals else "<home>"
    first = c.pick(["Once upon a time, there was a [little|small|young] {A.kind} named {A}.", "Once upon a time, a little {A.kind} named {A} lived " + home + ".",
                    "There was once a [little|young] {A.kind} named {A}, who lived " + home + ".", "{A} was a [little|small|young] {A.kind} who lived " + home + ".",
                    "A [little|young] {A.kind} named {A} lived " + home + ".", "{A} was a {trait} {A.kind}."])
    if "trait" in first:
        return [first] + (["{A.He} {habit}."] if c.chance(0.4) else [])
    if not trait or c.chance(0.3):
        return [first]
    return [first, c.pick(["{A.He} was very {trait} and {habit}.", "{A.He} was very {trait}.", "Everybody knew that {A} was {trait}.",
                           "{A.He} {habit}."])]


def who(c):
    """A after the first sentence of a story that began with the name alone."""
    return "{A.He} was a [little|{trait}] {A.kind} who lived " + ("<den>." if c.animals else "<home>.")


def named(c):
    """A at the very beginning of a story; a name that nobody knows says what it is."""
    return "A little {A.kind} named {A}" if c.animals or c.rare or c.chance(0.5) else "{A}"


def aside(c):
    return ["<sky>."] if c.chance(0.25) else []


def closing(c, mood="good", both=False):
    """The last sentence."""
    if mood == "sad":
        return [c.pick(["{A} was sad, but tomorrow would be another day.", "It was a quiet evening.", "That night {A} could not sleep."])]
    if mood == "lesson":
        return [c.pick(["{A} never forgot that day.", "And {A} never did it again.", "That was a lesson for {A}.", "From that day on {A} was more careful."])]
    if both and c.chance(0.5):
        return [c.pick(["They were both very happy.", "{A} and {B} were good friends from that day on.", "Then they went home together.",
                        "{A} and {B} laughed and laughed."])]
    return [c.pick(["{A} was very happy.", "It had been a good day.", "That night {A} slept very well.", "{A} went home with a smile.",
                    "What a day it had been!", "{A} never forgot that day.", "In the evening {A} told {G} about it."])]


def lost(c):
    """Something is lost, somebody has seen it, and it is where they said."""
    c.friend(), c.thing(words.THINGS), c.place()
    how = c.rng.random()
    if how < 0.35:
        one = opening(c) + ["{A.He} had a {full}. It was a gift from {G}.", "<oneday> {A} took the {thing} to the {place}."]
    elif how < 0.7:
        one = [named(c) + " had a {full}.", "It was a gift from {G}, and {A.he} loved it very much.", "<oneday> {A} took it to the {place}."]
    else:
        one = ["\"Where is my {full}?\" asked {A}.", who(c), "The {full} was a gift from {G}, and now it was gone.",
               "In the morning {A.he} had taken it to the {place}. So {A.he} went back there."]
    if how < 0.7:
        one += aside(c) + ["{A.He} [played|ran about|walked around] there for a long time.", "When {A.he} wanted to go home, the {thing} was gone."]
    two = ["{A} looked {spot2}, but the {thing} was not there. Then {A.he} looked {spot3}, but it was not there.", "{A.He} was very sad.",
           "Then {b} came along. \"What is wrong, {A}?\" asked {B}. \"I have lost my {full},\" said {A}."]
    end = c.rng.random()
    if end < 0.5:
        three = ["\"I saw something {colour} {spot},\" said {B}. \"Come with me!\"", "They ran there together, and there was the {full}.",
                 c.pick(["The wind had carried it there.", "A dog had carried it there.", "{A} had left it there."]),
                 "\"Thank you, {B}!\" said {A}."] + closing(c, both=True)
    elif end < 0.75:
        three = ["\"I will help you,\" said {B}. They looked for it until it was dark, but they did not find the {thing}.",
                 "\"Do not be sad, {A},\" said {B}. \"Tomorrow we will look again.\""] + closing(c, "sad")
    else:
        three = ["{B} began to laugh. \"Look behind you, {A}!\" {B.he} said.", "There was the {full}. It had been there all the time!",
                 "{A} had to laugh too."] + closing(c, both=True)
    return [one, two, three]


def share(c):
    """One has what another wants; or two find one thing."""
    c.friend(), c.thing(words.TOYS), c.place()
    mine = c.chance(0.5)
    if mine:
        one = ([named(c) + " had a {full}."] if c.chance(0.6) else opening(c) + ["{A.He} had a {full}."]) + [
            "<oneday> {A.he} took it to the {place} and played with it.", "Then {b} came along. \"May I play with your {thing}?\" asked {B}.",
            "\"No, it is mine!\" said {A}. {B} was sad and went away."]
        two = ["{A} played with the {thing} alone, but it was no fun."]
        if c.chance(0.5):
            two += ["So {A.he} ran after {B}. \"I am sorry, {B},\" said {A}. \"Come and play with me.\""]
        else:
            two += ["{G} saw it. \"Why is {B} so sad?\" asked {G}. \"I did not let {B} play with my {thing},\" said {A}.",
                    "\"A {thing} is more fun for two,\" said {G}. So {A} ran after {B} and gave {B.him} the {thing}."]
        two += ["They played with the {full} until it was dark.", "It was much more fun [together than alone|for two]."] + closing(c, both=True)
        return [one, two]
    one = opening(c) + ["<oneday> {A} and {b} found a {full} {spot} {at}."] + aside(c) + [
        "\"[It is mine|Give it to me]!\" cried {A}. \"[No, it is mine|No, I saw it first]!\" cried {B}. They both pulled at the {thing}."]
    end = c.rng.random()
    if end < 0.4:
        two = ["Then {G} came along. \"[What is wrong|Why are you so loud]?\" asked {G.he}. \"We both want the {thing},\" said {A}.",
               "\"Then take turns,\" said {G}. \"First it is {B}'s turn, and then it is {A}'s turn.\"",
               "So {B} played with the {full}, and {A} waited. Then it was {A}'s turn."] + closing(c, both=True)
    elif end < 0.7:
        two = ["But then {A} saw that {B} was crying. \"You may have the {thing}, {B},\" said {A}.",
               "\"No, let us play with it together,\" said {B}.", "So they played with the {full} until it was dark."] + closing(c, both=True)
    else:
        two = ["Then the {thing} broke. Now nobody had a {thing}.", "\"I am sorry, {B},\" said {A}. \"I am sorry too,\" said {B}.",
               c.pick(["They took the {thing} to {G}, and {G.he} helped them mend it.", "They went home and mended the {full} together."])] + closing(c, both=True)
    return [one, two]


def weather(c):
    """A plan meets the weather."""
    c.friend(), c.place(["park", "forest", "farm", "garden", "meadow", "orchard", "beach"])
    s = c.slots
    s["will"], s["comes"], s["gets"], s["wear"], s["meal"] = words.WEATHERS[c.pick(words.WEATHERS)]
    s["plan"], s["colour"] = c.pick(words.BEACH_PLANS if s["place"] == "beach" else words.PLANS), c.pick(words.COLOURS)
    one = opening(c) + ["One [day|morning|afternoon|Sunday] {A.he} wanted to {plan} {at} with {b}.",
                        "\"{will}. Take your {colour} {wear},\" said {G}."]
    listened = c.chance(0.5)
    one.append(("\"I will take it,\" said {A}, and put the {wear} in {A.his} bag." if listened else "\"I do not need it,\" said {A}, and left the {wear} at home."))
    two = ["At first the sky was blue, and they had a lot of fun. But then {comes}."]
    if listened:
        two += ["{B} {gets}, but {A} had the {colour} {wear}.",
                "\"Come, {B}, [there is room for two|we can share it],\" said {A}." if s["wear"] == "umbrella" else "\"Here, {B}, take my {wear} for a while,\" said {A}.",
                "So they went home together, and {G} gave them {meal}."]
        end = ["\"You were right,\" said {A} to {G}."] + closing(c)
    else:
        two += ["{A} {gets}. \"I wish I had my {colour} {wear}!\" {A.he} said.", "They ran home, and {G} gave them {meal}."]
        end = ["\"Next time I will take the {wear},\" said {A}."] + closing(c, c.pick(["good", "lesson"]))
    return [one, two + end]


def helping(c):
    """A small animal is hurt; care helps it."""
    while c.animals:
        c.__init__(c.rng, c.names)
    c.place()
    s = c.slots
    s["beast"] = c.pick(words.SMALL)
    s["hurt"] = words.SMALL[s["beast"]]
    s["size"] = c.pick(["small", "little", "young"])
    s["days"] = c.pick(["two", "three", "four", "five"])
    s["cover"] = c.pick(["a scarf", "a towel", "a soft cloth", s["A"].his + " coat", "a blanket"])
    if c.chance(0.5):
        girl = "a [little |]{A.kind} named {A}" if c.rare or c.chance(0.4) else "{A}"
        one = ["One [cold |rainy |windy |sunny |warm |quiet |][morning|day|evening] " + girl + " found a {size} {beast} with {hurt}.",
               c.pick(["{A.He} had found it {spot} {at}.", "It was lying {spot} {at}."])]
        if c.chance(0.4):
            one.append("{A} was a {trait} {A.kind} and wanted to help it.")
    else:
        one = opening(c) + ["<oneday> {A} was walking {at}. Suddenly {A.he} heard a weak cry {spot}.", "It was a {size} {beast} with {hurt}."]
    two = ["\"[Poor little {beast}|Do not be afraid]!\" said {A}. \"I will [help you|take care of you].\"",
           "{A.He} wrapped the {beast} in {cover} and took it home to {G}.",
           "\"What is the matter with it?\" asked {G}. \"It has {hurt},\" said {A}."]
    if c.chance(0.75):
        two += ["{G} looked at it carefully, and {A} gave the {beast} [some water|some warm milk|some food].",
                "For {days} days {A} took care of it. Then the {beast} was well again."]
        end = [c.pick(["{A} took it back to the {place} and let it go.", "{A} carried it back to the {place}."]),
               c.pick(["The {beast} looked back once and was gone.", "Every morning the {beast} came back to visit {A.him}.",
                       "But the {beast} did not want to go. It stayed with {A} for ever."])]
        end += closing(c) if c.chance(0.6) else []
    else:
        two += ["\"We must find its mother,\" said {G}. \"She can help it better than we can.\"", "So they went to the {place}, and there, {spot2}, was the mother."]
        end = ["The little {beast} was very happy, and {A} was happy too."]
    return [one, two, end]


def make(c):
    """Something is made, fails for a reason, and is mended by removing the reason."""
    c.friend()
    s = c.slots
    s["work"] = c.pick(words.MAKES)
    s["parts"], s["fails"], s["cause"], s["mend"], s["does"] = words.MAKES[s["work"]]
    gift = c.chance(0.4)
    one = opening(c) + ["<oneday> {A.he} wanted to make a {work}" + (" for {b}." if gift else "."), "{A.He} took {parts}.",
                        "{A} worked [all morning|for a long time|very hard]. But the {work} {fails}.",
                        c.pick(["\"It is no use!\" said {A}.", "{A} was very sad.", "\"What is wrong with it?\" said {A}."])]
    if gift:
        two = ["Then {G} came and looked at it. \"It {cause},\" said {G.he}.", "So {A} {mend}. Now the {work} {does}."]
        end = ["{A} gave the {work} to {B}. \"Did you make it yourself?\" asked {B}. \"Yes, but {mine} helped me,\" said {A}.",
               "\"It is the [best|finest|nicest] {work} in the world!\" said {B}."] + closing(c, both=True)
    else:
        two = ["Then {b} came and looked at it. \"It {cause},\" said {B}.", "So {A} {mend}. Now the {work} {does}."]
        end = [c.pick(["\"Thank you for your help, {B},\" said {A}.", "They laughed and showed the {work} to {G}.",
                       "The next day everybody wanted a {work} like that."])] + closing(c, both=True)
    return [one, two + end]


def fear(c):
    """Somebody is afraid and learns not to be."""
    c.friend()
    s = c.slots
    s["trait"] = c.pick(["quiet", "careful", "gentle", "polite", "kind", "clever"])
    s["habit"] = words.TRAITS[s["trait"]]
    s["fear"] = c.pick(words.FEARS)
    s["there"], event, s["trick"], s["advice"] = words.FEARS[s["fear"]]
    one = opening(c) + ["But {A.he} was afraid of {fear}.", "<oneday> {A.he} was {there} with {b}."]
    two = [event + ". {A} [stopped|began to cry|turned pale].", "\"What is wrong, {A}?\" asked {B}. \"I am afraid of {fear},\" said {A}.",
           "{B} did not laugh. \"[I was afraid once too|Everyone is afraid of something],\" said {B}. \"{advice}.\"",
           "So {A} {trick}. It was not easy, but {A.he} did not run away."]
    end = [c.pick(["And <later> {A.he} was not afraid any more.", "And then it was not so bad any more.", "<later> {A.he} could even smile."]),
           c.pick(["\"You are very brave, {A},\" said {B}.", "\"Thank you for your help, {B},\" said {A}.",
                   "Today {A} is not afraid of {fear} any more."])]
    end += closing(c, both=True) if c.chance(0.5) else []
    return [one, two + end]


def gift(c):
    """A present is wanted for somebody; work, a trade or a pencil brings it."""
    c.town(), c.thing(words.THINGS)
    s = c.slots
    s["have"] = c.pick(t for t in words.THINGS if t != s["thing"])
    s["hcolour"] = c.pick(x for x in words.COLOURS if x != s["colour"])
    s["job"] = c.pick(words.JOBS)
    one = opening(c) + ["<oneday> {A} remembered that the birthday of {G} was near, but {A.he} had no gift.", "So {A.he} went to the market. There {T} had a {full}.",
                        "\"How much is it?\" asked {A}. But it was too much, and {A.he} was sad."]
    deal = c.rng.random()
    if deal < 0.4:
        two = ["\"You may help me,\" said {T}. \"If you {job}, I will give you the {thing}.\"", "So {A} worked [all day|until evening], and {T} gave {A.him} the {full}."]
        how = "I worked for it"
    elif deal < 0.75:
        two = ["But {A} had a {hcolour} {have}. \"I have looked for a {hcolour} {have} for a long time,\" said {T}. \"Let us trade!\"",
               "So {A} gave away the {have} and got the {full}."]
        how = "I traded it for a {have}"
    else:
        two = ["At home {A.he} took a pencil and drew a beautiful {full}. It took {A.him} all evening."]
        return [one, two + ["On the birthday {A} gave the picture to {G}.", "\"I like it more than a real {thing},\" said {G}."] + closing(c)]
    end = ["On the birthday {A} gave the {thing} to {G}.", "\"What a beautiful {full}!\" said {G}. \"Where did you get it?\" \"" + how + ",\" said {A}."] + closing(c)
    return [one, two, end]


def broken(c):
    """Something breaks; the truth is told at once, or late."""
    c.friend()
    s = c.slots
    s["pot"], s["colour"], s["ball"] = c.pick(words.BREAKABLE), c.pick(words.COLOURS), c.pick(["ball", "stick", "hoop"])
    one = opening(c) + ["<oneday> {A} was playing with a {ball} in the house, but {G} had said, \"Do not play in the house.\"",
                        "Suddenly there was a crash. The {ball} had hit the {colour} {pot}, and the {pot} was broken."]
    kind = c.rng.random()
    if kind < 0.4:
        two = ["{A} was afraid, but {A.he} went to {G}. \"I broke the {colour} {pot},\" said {A}. \"I am sorry.\"",
               "\"Thank you for telling the truth,\" said {G}. \"[A {pot} is only a {pot}|We can buy a new {pot}].\""]
        end = ["Together they picked up the pieces."] + closing(c, c.pick(["good", "lesson"]))
    elif kind < 0.75:
        two = ["{A} was afraid and hid the pieces under the bed. Then {G} came in.", "\"Where is the {colour} {pot}?\" asked {G}. \"I do not know,\" said {A}.",
               "But that night {A} could not sleep. In the morning {A.he} went to {G}. \"I broke the {pot},\" said {A}. \"I am sorry.\""]
        end = ["\"I knew it,\" said {G}. \"But I am glad that you told me.\""] + closing(c, c.pick(["good", "lesson"]))
    else:
        two = ["Then {b} came in. \"What have you done, {A}?\" asked {B}. \"I broke the {colour} {pot},\" said {A}. \"I am afraid to tell {mine}.\"",
               "\"I will come with you,\" said {B}. So they went to {G} together, and {A} told the truth."]
        end = ["{G} was not angry. \"It was good of you to tell me,\" said {G.he}. \"And you have a good friend.\""] + closing(c)
    return [one, two + end]


def race(c):
    """Who is the fastest, and what is worth more."""
    c.friend()
    s = c.slots
    s["goal"] = c.pick(words.MARKS)
    s["prize"] = c.pick(["cake", "pie", "bun", "ribbon", "bell", "kite"])
    c.place()
    one = opening(c, False) + ["{A.He} could run very fast.", "<oneday> {A} met {b} {at}. \"I am faster than you,\" said {A}.",
                               "\"Then let us race to {goal},\" said {B}. \"The winner gets a {prize}.\""] + aside(c)
    two = ["\"One, two, three, go!\" cried {B}, and they ran off."]
    end = c.rng.random()
    if end < 0.35:
        two += ["Soon {A} was far ahead. \"I have a lot of time,\" said {A}, and {A.he} lay down under a tree and fell asleep.",
                "{B} ran on and did not stop. When {A} woke up, {B} was already at {goal}.", "So {B} got the {prize}. \"You should not sleep in a race, {A},\" said {B}."]
        return [one, two + closing(c, "lesson")]
    if end < 0.7:
        two += ["But then {B} fell and hurt {B.his} knee. {A} heard {B.him} cry and stopped.", "{A} went back. \"Take my hand, {B},\" said {A}. So they walked to {goal} together."]
        return [one, two + ["They shared the {prize}. \"You are a good friend, {A},\" said {B}."] + closing(c, both=True)]
    two += ["{A} was fast, but {B} was fast too. They came to {goal} at the same time.", "\"Nobody has won,\" said {B}. \"[We have both won|We are both fast],\" said {A}."]
    return [one, two + ["So they shared the {prize}."] + closing(c, both=True)]


def mystery(c):
    """A noise at night has a small cause."""
    c.friend()
    s = c.slots
    s["noise"] = c.pick(words.NOISES)
    s["beast"], s["doing"] = words.NOISES[s["noise"]]
    s["room"] = c.pick(["barn", "shed", "garden"] if s["beast"] in ("goat", "lamb") else ["kitchen", "attic", "barn", "cellar", "shed", "garden"])
    s["ghost"] = c.pick(["a ghost", "a thief", "a monster", "a wolf"])
    s["size"] = c.pick(["little", "small", "big"] if s["beast"] in ("goat", "dog") else ["little", "small", "tiny"])
    s["coat"] = c.pick(["brown", "grey", "white", "black"])
    if not c.animals:
        s["b"] = f"{s['A'].his} {'sister' if s['B'].gender == 'f' else 'brother'} {s['B']}"
    one = opening(c) + ["One [night|dark night|windy night] {A} heard {noise} in the {room}. {A.He} woke up {b}.",
                        "\"Did you hear that, {B}?\" asked {A}. \"Perhaps it is {ghost}!\" said {B}."]
    two = ["They took a [lamp|lantern|candle] and went to the {room}. There it was again, {noise}.",
           c.pick(["{A} held {B}'s hand.", "\"You go first,\" said {B}. \"No, you go first,\" said {A}. So they went together.", "{A} was afraid, but {A.he} went first."]),
           "But it was not {ghost}. It was a {size} {coat} {beast}, {doing}."]
    end = [c.pick(["{A} and {B} laughed and laughed.", "\"You gave us a fright!\" said {A} to the {beast}.", "\"We were afraid of a {beast}!\" said {B}."]),
           c.pick(["They gave the {beast} some food and went back to bed.", "From that day on the {beast} lived with them.",
                   "In the morning they showed the {beast} to {G}."])]
    return [one, two + end]


def planting(c):
    """Seeds, patience and what comes of them."""
    c.friend()
    s = c.slots
    s["seed"] = c.pick(words.SEEDS)
    s["plants"] = words.SEEDS[s["seed"]]
    s["weeks"] = c.pick(["two", "three", "four", "five"])
    s["spot"] = c.pick(["in the garden", "behind the house", "near the gate", "under the window", "beside the shed"])
    one = opening(c) + ["In [spring|April|May] {G} gave {A.him} some {seed} seeds. \"Water them every day,\" said {G}.", "So {A} put the seeds in the ground {spot}."]
    if c.chance(0.65):
        two = ["Every [day|morning|evening] {A.he} watered them, but nothing came up.", "\"They will never grow,\" said {b}. \"We must wait,\" said {A}.",
               "After {weeks} weeks {A} saw a little green leaf {spot}. Soon there were many.", "In summer there were so many {plants} that {A} gave some to {B}."]
        end = ["\"You took good care of them, {A},\" said {G}."] + closing(c)
    else:
        two = ["On the first day {A.he} watered them, but then {A.he} forgot. The sun was hot, and it did not rain for {weeks} weeks.",
               "\"Where are your {plants}, {A}?\" asked {G}. \"I forgot to water them,\" said {A}."]
        if c.chance(0.5):
            end = ["But one little plant was still alive. {A} gave it water every day, and in autumn there were some {plants} after all."] + closing(c)
        else:
            end = ["{G} was not angry. \"Next year you will remember,\" said {G.he}."] + closing(c, "lesson")
    return [one, two + end]


def way_home(c):
    """Lost on the way; landmarks lead home."""
    c.town(), c.place(["park", "forest", "beach", "meadow", "harbour", "orchard"])
    s = c.slots
    s["m1"], s["m2"] = c.rng.sample(words.MARKS, 2)
    s["chase"] = c.pick(words.CHASED[:3] if c.animals else words.CHASED)
    s["what"] = s["chase"].split()[-1]
    one = opening(c) + ["<oneday> {A.he} saw {chase} {at} and ran after it. {A} ran and ran.",
                        "Then the {what} was gone, and {A} did not know the way home. {A.He} began to cry."]
    two = ["{T} came by. \"[Why are you crying|What is wrong], little {A.kind}?\" asked {T.he}. \"I cannot find the way home,\" said {A}.",
           "\"Go to {m1},\" said {T}. \"Then go to {m2}, and you will see your house.\"", "{A} said thank you and went to {m1}. Then {A.he} went to {m2}."]
    end = ["And there was the house, and {G} stood at the door.", "\"Where have you been, {A}?\" asked {G}. \"I ran after {chase},\" said {A}, \"but {T} helped me.\""]
    end += ["The next day {A} took {T} {food} to say thank you."] if c.chance(0.4) else closing(c, c.pick(["good", "lesson"]))
    food = c.pick(words.FOODS)
    s["food"] = f"{words.FOODS[food]} {food}"
    return [one, two, end]


def wish(c):
    """A wish is granted in an unexpected way."""
    c.place(), c.thing(words.THINGS)
    s = c.slots
    s["giver"] = c.pick(["golden fish", "little fairy"] if s["place"] in ("beach", "harbour") else ["white deer", "silver bird", "green frog", "little fairy"])
    s["other"] = c.pick(t for t in words.THINGS if t != s["thing"])
    s["saved"] = c.pick(["It was caught in a net, and {0} set it free", "It was very hungry, and {0} gave it some bread", "It was cold, and {0} gave it a blanket"]).format(s["A"].he)
    one = opening(c) + ["<oneday> {A} met a {giver} {spot} {at}. {saved}.", "\"[Thank you|You have a good heart],\" said the {giver}. \"You may make one wish.\""]
    kind = c.rng.random()
    if kind < 0.35:
        two = ["\"I wish for a {full},\" said {A}, and there it was. But {A} wanted more. \"I want a {other} too!\" said {A.he}.",
               "\"One wish is one wish,\" said the {giver}. Then it was gone, and the {full} was gone too."]
        end = ["{A} went home with nothing."] + closing(c, c.pick(["sad", "lesson"]))
    elif kind < 0.7:
        two = ["{A} thought of {G}, who was ill. \"I wish that {mine} will be well again,\" said {A}. \"That is a good wish,\" said the {giver}.",
               "{A} ran home. There {G} was [singing|baking|laughing] in the kitchen and was not ill any more."]
        end = ["{A} hugged {G} and told {G.him} about the {giver}."] + closing(c)
    else:
        two = ["\"I wish for a {full},\" said {A}. \"Then look {spot2},\" said the {giver}, and it was gone.", "{A} looked {spot2}, and there was a {full}."]
        end = ["At home {A} showed the {thing} to {G}. \"Where did you get it?\" asked {G}. \"It is a gift from a {giver},\" said {A}."] + closing(c)
    return [one, two + end]


def visit(c):
    """A journey to somebody who is ill or lonely, with something in the basket."""
    c.friend(), c.place(["park", "forest", "meadow", "market", "orchard", "harbour"])
    s = c.slots
    f1, f2 = c.rng.sample(list(words.FOODS), 2)
    s["f1"], s["f2"], s["a_f1"], s["a_f2"] = f1, f2, f"{words.FOODS[f1]} {f1}", f"{words.FOODS[f2]} {f2}"
    s["ill"], s["is_ill"] = c.pick([("was ill", "is ill"), ("had a cold", "has a cold"), ("was lonely", "is lonely"), ("was sad", "is sad")])
    one = opening(c) + ["<oneday> {A} heard that {G} {ill}.", "\"I will visit {G.him},\" said {A}, and put {a_f1} and {a_f2} in a basket."] + aside(c)
    met = c.chance(0.6)
    two = ["The way led through the {place}." if s["place"] not in ("market", "harbour") else "The way led past the {place}."]
    s["they"] = "they" if met else s["A"].he
    if met:
        two += ["There {A} met {b}. \"Where are you going, {A}?\" asked {B}.", "\"To {mine}, because {G.he} {is_ill},\" said {A}. \"I will come with you,\" said {B}."]
    if c.chance(0.45):
        two += ["But on the way {A} fell, and the {f1} was gone. Only the {f2} was left."]
        end = ["\"I wanted to bring you {a_f1} too, but I lost it on the way,\" said {A}.", "\"You are here, and that is better than {f1},\" said {G}. They ate the {f2} together."]
    else:
        end = ["When {they} got there, {G} was [in bed|at the window]. \"What a nice surprise!\" said {G}.", "{G.He} ate the {f1} first and then the {f2}. \"Now I feel better,\" said {G.he}."]
    return [one, two, end + closing(c)]


def new_friend(c):
    """Somebody new is alone, and becomes a friend."""
    c.friend(), c.place(["park", "beach", "market", "playground", "meadow", "garden"]), c.thing(words.TOYS)
    s = c.slots
    s["trait2"] = c.pick(["quiet", "shy", "sad", "lonely"])
    one = opening(c) + ["<oneday> {A} saw {nb} {at}. {B.He} was new there and very {trait2}.",
                        c.pick(["{B} sat {spot} and said nothing.", "{B} sat alone {spot}.", "Nobody played with {B}."])]
    two = ["\"[Why do you sit here alone|Why do you not play with us]?\" asked {A}. \"I do not know anyone here,\" said {B}.",
           "\"Then come and play with me,\" said {A}. \"My name is {A}. What is your name?\" \"My name is {B},\" said {B.he}.",
           "{B} showed {A} a {full}. \"You may play with it,\" said {B}.", "They played with the {thing} {at} until it was dark."]
    end = [c.pick(["\"Will you come again tomorrow, {B}?\" asked {A}. \"Yes, I will,\" said {B}.", "From that day on {A} and {B} were always together.",
                   "{B} was not {trait2} any more.", "When {B} went home, {B.he} gave {A} the {full}. It was a gift."])]
    return [one, two + end]


def lesson(c):
    """Somebody lazy, greedy, proud or forgetful learns better."""
    c.friend()
    s = c.slots
    kind = s["trait"] = c.pick(["lazy", "lazy", "greedy", "proud", "forgetful"])
    s["habit"] = {"lazy": "liked to sleep all day", "greedy": "always wanted more", "proud": "wanted to be the best", "forgetful": "forgot everything"}[kind]
    home = "<den>" if c.animals else "<home>"
    one = [c.pick(["{A} was a {trait} {A.kind}." if not c.rare or c.chance(0.5) else "There was once a {trait} {A.kind} named {A}.", "Once upon a time, there was a {trait} {A.kind} named {A}.",
                   "{A} was a [little|young] {A.kind} who lived " + home + ". {A.He} was very {trait}."])]
    one += ["{A.He} {habit}."] if c.chance(0.4) else []
    if kind == "lazy":
        s["chore"] = c.pick(words.CHORES)
        s["did"], s["goods"], s["heap"] = words.CHORES[s["chore"]]
        one += ["One [day|morning|afternoon] {A.he} was [lying in the sun|sleeping under a tree|lying in the grass] when {b} came along.",
                "\"Come and help me {chore}, {A},\" said {B}. \"I am too tired,\" said {A}."]
        two = ["So {B} {did} alone. In the evening {B} had {heap}, but {A} had nothing.", "\"I am hungry,\" said {A}. \"May I have some {goods}?\""]
        two += c.pick([["\"Yes, you may,\" said {B}. \"But tomorrow you will help me.\"", "The next day {A} got up early and helped {B} {chore}."],
                       ["\"Those who do not work have nothing to eat,\" said {B}. {A} was sad.", "The next day {A.he} got up early and helped {B} {chore}. Then they ate together."]])
        end = [c.pick(["{A} was not lazy any more.", "\"Work is more fun together,\" said {A}.", "From that day on {A} was not so lazy."])]
    elif kind == "greedy":
        s["sweets"] = c.pick(words.SWEETS)
        s["sweet"] = words.SWEETS[s["sweets"]]
        one += ["One [day|morning|afternoon] {G} put a plate of {sweets} on the table. \"Leave some for {B},\" said {G}."]
        two = ["But {A} ate one {sweet}, and then another {sweet}, and soon the plate was empty. Then {A.his} belly hurt.",
               "{b} came in. \"Where are the {sweets}?\" asked {B}. \"I ate them all,\" said {A}. \"I am sorry, {B}.\""]
        end = ["The next day {G} put {sweets} on the table again. {A} gave the [biggest|best] {sweet} to {B}.", c.pick(["{A} was not greedy any more.", "\"Thank you, {A},\" said {B}."])]
    elif kind == "proud":
        s["skill"], s["fail"] = c.pick([("climb a tree", "fell out of the tree"), ("jump over the stream", "fell into the water"), ("ride a horse", "fell into the grass"),
                                        ("walk on the wall", "fell off the wall")])
        one += ["One [day|morning|afternoon] {A.he} met {b}. \"Nobody can {skill} like me,\" said {A}.", "\"Be careful, {A},\" said {B}. But {A} only laughed."]
        two = ["Then {A} wanted to {skill}, but {A.he} {fail}. {A.His} leg hurt very much.", "{B} did not laugh. \"Take my hand, {A},\" said {B}, and {B.he} took {A.him} home to {G}."]
        end = ["\"You are a good friend, {B},\" said {A}. \"I will not be so proud again.\""]
    else:
        s["herd"] = c.pick(words.HERDS)
        one += ["One [day|morning|afternoon] {A.he} had to feed the {herd}. \"Do not forget to close the gate,\" said {G}."]
        two = ["But {A} forgot to close the gate, and all the {herd} ran away. {A} began to cry.", "Then {b} came along. \"I will help you catch the {herd},\" said {B}.",
               "They ran and ran until all the {herd} were home again."]
        end = ["\"[Thank you for your help|You are a good friend], {B},\" said {A}.", "From that day on {A} always closed the gate."]
    return [one, two + end]


PLOTS = [lost, lost, share, weather, helping, make, fear, gift, broken, race, mystery, planting, way_home, wish, visit, new_friend, lesson, lesson]
