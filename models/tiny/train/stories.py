"""Plots of the training stories: who, where, what happens, why, and how it ends.

Each plot takes a `Cast` and returns paragraphs, lists of templates. What is named early (a colour, a place, a trait,
a number, a fear) is needed again later, so that predicting the text asks for reference and memory, not only for
neighbouring words.
"""

import words
from grammar import Person

RULES = {
    "once": ["Once upon a time", "Once upon a time", "Long ago", "Not so long ago", "Many years ago", "A long time ago",
             "Some years ago", "In the days of our grandmothers", "When the world was younger"],
    "oneday": ["One [day|morning|afternoon|evening]", "One [fine|quiet|cold|warm|bright|grey|windy|sunny|rainy|foggy] "
               "[morning|day|afternoon|evening]", "One [spring|summer|autumn|winter] [morning|day|evening]",
               "On a [cold|warm|bright|grey|windy|sunny|rainy|quiet] [morning|day|afternoon]",
               "One [Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday][| morning| afternoon]"],
    "home": ["in a [small|little|white|yellow|narrow|tall|crooked|stone] house [by the sea|near the river|on a hill|at the edge of the "
             "forest|behind the church|beside the mill|at the end of a long road|in the middle of the village|under two old trees]",
             "in a [quiet|busy|small|sleepy|pretty] [village|town] [by the sea|near the mountains|on the river|in a green valley|"
             "between two hills|far away from the city]", "on a [small|big|lonely] farm [by the river|in the hills|near the forest|"
             "at the end of the valley]"],
    "later": ["after a while", "a little later", "soon", "at last", "before long", "in the end", "some time later",
              "a few minutes later", "when the clock struck [three|four|five|six]", "just then", "after [an hour|half an hour]"],
    "very": ["", "", "very ", "quite ", "really "],
    "said": ["said", "said", "answered", "replied", "called", "whispered", "told {A.him}:"],
    "happy": ["happy", "glad", "proud", "full of joy", "pleased", "very happy", "delighted", "merry"],
    "sad": ["sad", "unhappy", "upset", "close to tears", "very sad", "miserable", "disappointed"],
    "sky": ["The sun was [shining|warm on the roofs|low in the sky|just coming up|hidden behind the clouds]",
            "The sky was [blue|grey|clear|full of clouds|as blue as the sea|dark in the west]",
            "[A light|A cool|A warm|A gentle|A cold] wind was blowing [from the sea|over the fields|through the trees|down the street|"
            "from the hills]", "The birds were [singing|quiet|busy] [in the trees|on the roofs|in the hedge|above the fields]",
            "The air smelled of [grass|rain|fresh bread|flowers|smoke|hay|the sea|wet leaves|pine trees|apples]",
            "There was [no cloud in the sky|fog over the fields|frost on the windows|dew on the grass|mud on the road]"],
    "home_again": ["[Then|After that|In the evening|When it grew dark|At sunset] {A~} [went|walked|ran|skipped|hurried] home",
                   "{A~} [went|walked|ran|hurried] home [before dark|in the evening|as the stars came out|with a warm heart|for supper]"],
    "supper": ["There was [soup|fresh bread|warm milk|a plate of pancakes|a hot pie|porridge|potato soup|bread and cheese|fish|bread with honey] "
               "for supper[| and everybody was hungry|, and nobody left a crumb|, and it tasted better than ever]",
               "At supper {A~} told [the whole story|everything|everyone about it] [twice|from beginning to end|again and again|with "
               "shining eyes]"],
    "sleep": ["That night {A~} [slept well|slept deeply|dreamed of {dream}|fell asleep at once|fell asleep with a smile|could hardly "
              "sleep for joy]", "{A~} went to bed [early|late|tired but happy|with a smile] and dreamed of {dream}"],
    "thanks": ["\"Thank you[| so much| very much|, {B}|, my friend]!\" [said|cried|called] {A}",
               "{A~} thanked {B} [with all {A.his} heart|again and again|with a big hug|and gave {B.him} {a_food}|twice]"],
    "walk": ["On the way {A.he} [saw|met|passed|counted|greeted] [two|three|four|five|six|seven|a few|some] [sheep|geese|cows|"
             "farmers|children|white horses|old men|ducks|sparrows] [beside the road|on the bridge|in a field|near the mill|under a "
             "tree|by the river]", "The [path|road|way] [went|led|ran] [over a bridge|past the mill|through a field|along the river|up a "
             "hill|between two walls|past the church]"],
    "look": ["[looked|searched|hunted|peered]"],
    "smiled": ["smiled", "laughed", "nodded", "clapped {A.his} hands", "jumped for joy", "beamed", "grinned"],
}


class Cast:
    """The people and things of one story; `slots` is what templates see."""

    def __init__(self, rng, names):
        self.rng, self.names, self.slots, self.used = rng, names, {}, set()
        self.animals, self.told = rng.random() < 0.3, False
        self.hero("A")
        s = self.slots
        s["trait"] = rng.choice(list(words.TRAITS))
        s["habit"] = words.TRAITS[s["trait"]]
        s["dream"] = rng.choice(["a ship with {} sails", "a garden full of {} flowers", "a {} bird that could talk",
                                 "a castle with {} towers", "a {} fish in the sea", "a hill covered with {} snow",
                                 "a {} horse", "a long road under a {} sky"]).format(rng.choice(words.COLOURS))
        food = rng.choice(list(words.FOODS))
        s["food"], s["a_food"] = food, words.FOODS[food] + " " + food

    def pick(self, items):
        return self.rng.choice(list(items))

    def name(self, gender):
        while True:
            pool = self.names[2] if self.animals and self.rng.random() < 0.7 else self.names[0 if gender == "f" else 1]
            name = self.rng.choice(pool)
            if name not in self.used:
                self.used.add(name)
                return name

    def hero(self, slot):
        gender = self.rng.choice("fm")
        kind = self.rng.choice(words.ANIMALS) if self.animals else "girl" if gender == "f" else "boy"
        self.slots[slot] = Person(self.name(gender), gender, kind)
        return self.slots[slot]

    def friend(self, slot="B"):
        p = self.hero(slot)
        self.slots["kin"] = "friend" if self.animals else self.pick(words.KIN[p.gender])
        return p

    def grown(self, slot="G", town=None):
        """Somebody of the family or of the town."""
        town = self.rng.random() < 0.5 if town is None else town
        who = self.pick(words.TOWN if town else words.GROWN)
        gender = words.TOWN[who] if town else words.GROWN[who]
        title = self.pick(["the ", "the old ", "the "]) + who if town else self.slots["A"].his + " " + who
        self.slots[slot] = Person(title, gender, who)
        return self.slots[slot]

    def thing(self, slot="thing"):
        """A thing with a colour: "kite", "red kite"."""
        s = self.slots
        s[slot] = self.pick([t for t in words.THINGS if t not in s.values()])
        s["colour"] = self.pick(words.COLOURS)
        s["stuff"] = words.THINGS[s[slot]]
        s["full"] = f"{s['colour']} {s[slot]}"

    def place(self, slot="place", outdoors=False, among=None):
        s = self.slots
        used = [v for k, v in s.items() if k.startswith("place")]
        s[slot] = self.pick([p for p in (among or (words.OUTDOORS if outdoors else words.PLACES)) if p not in used])
        how, spots = words.PLACES[s[slot]]
        s["at_" + slot] = f"{how} the {s[slot]}"
        spots = self.rng.sample(spots, 3)
        s["spot"], s["spot2"], s["spot3"] = spots


def opening(c):
    """Who the story is about."""
    if c.animals:
        first = c.pick(["<once>, there lived a [little|small|young] {A.kind} named {A} <home>.",
                        "There was once a [little|small|young] {A.kind} called {A}, who lived <home>.",
                        "A [little|small|young] {A.kind} named {A} lived <home>.",
                        "{A} was a [little|small|young] {A.kind} who lived <home>.",
                        "Everybody knew {A}, the [little|small|young] {A.kind} who lived <home>.",
                        "This is the story of {A}, a [little|small|young] {A.kind} who lived <home>."])
    else:
        first = c.pick(["<once>, there was a [little |small |young |]{A.child} named {A}.",
                        "<once>, a [little|small|young] {A.child} named {A} lived <home>.",
                        "There was once a [little |young |]{A.child} called {A}, who lived <home>.",
                        "{A} was a [little|small|young] {A.child} who lived <home>.",
                        "{A} lived <home> with {A.his} [mother|father|grandmother|grandfather|aunt|uncle|two brothers|three sisters|"
                        "family].", "A {A.child} named {A} lived <home>.",
                        "This is the story of {A}, a [little |small |young |]{A.child} who lived <home>.",
                        "Everybody knew {A}, the [little|small|young] {A.child} who lived <home>."])
    second = c.pick(["{A~} was <very>{trait} and {habit}.", "{A~} was <very>{trait}. {A.He} {habit}.",
                     "Everybody knew that {A~} was {trait}.", "{A~} {habit}, because {A.he} was <very>{trait}.",
                     "People said that nobody [in the village|for miles around|in the whole valley|far and wide] was as {trait} as {A}."])
    c.told = c.rng.random() < 0.85
    return [first] + ([second] if c.told else [])


def aside(c):
    return [c.pick(["<sky>.", "<sky>.", "<sky>, and {A} was in a [good|very good|quiet|merry] mood.",
                    "Breakfast had been {a_food}[|, and that had not been much|, and it had been good]."])] if c.rng.random() < 0.6 else []


def closing(c, mood="good", home=False):
    """Last sentences; `mood` is good, lesson or sad; `home` when A is there already. A trait that was told may come back."""
    good_trait = c.told and c.slots["trait"] in words.GOOD_TRAITS
    end = []
    if c.rng.random() < 0.5:
        end.append(c.pick(["<supper>."] if home else ["<home_again>.", "<supper>.", "<home_again>. <supper>."]))
    if mood == "sad":
        end.append(c.pick(["{A~} was <sad>, but tomorrow would be another day.", "It was a [sad|quiet|long] evening.",
                           "{A~} cried a little, and then {A.he} felt better.", "Nobody said much that evening."]))
    elif good_trait and c.rng.random() < 0.4:
        end.append(c.pick(["It is good to be {trait}.", "Everyone was glad that {A} was so {trait}.",
                           "From that day on, people called {A.him} {A} the {trait}.",
                           "And {A}? {A.He} was as {trait} as ever."]))
    elif c.rng.random() < 0.6:
        end.append(c.pick(["<sleep>.", "It had been a [good|long|wonderful|strange|happy] day.", "And they were all <happy>.",
                           "{A~} never forgot that day.", "What a day it had been!", "And that was the end of the story."]))
    return end


def lost(c):
    """Something is lost, somebody has seen it, and it is where they said."""
    c.friend(), c.thing(), c.place(outdoors=True)
    c.slots["giver"] = c.pick(words.GROWN)
    why = c.pick(["the wind had [taken|blown] it away", "{A.he} had run too fast", "there was a hole in {A.his} pocket",
                  "{A.he} had put it down to tie {A.his} shoe", "a dog had carried it off", "{A.he} had fallen asleep"])
    one = opening(c) + ["{A.His} [favourite|dearest] thing in the world was a {full}[| made of {stuff}], a [gift|present] from {A.his} "
                        "{giver}.", "<oneday> {A~} took the {thing} [with {A.him}|along] to the {place}." ] + aside(c)
    two = [c.pick(["When {A~} wanted to [play with it|show it to {A.his} {kin} {B}|go home], the {thing} was gone.",
                   "<later> {A~} noticed that the {thing} was gone.", "But suddenly the {thing} was not there any more."]),
           c.pick(["It was gone because " + why + ".", "Perhaps " + why + ".", "{A.He} did not know that " + why + "."]),
           "{A~} [looked|searched] {spot2}, but it was not there. [Then {A.he} [looked|searched] {spot3}, but there was nothing|{A.He} "
           "looked {spot3}, but found only [a stone|an old shoe|some leaves|a feather|a rusty nail]].",
           "{A~} was <sad>."]
    asked = ["Then {B} came along. {B.He} was {A}'s {kin}.",
             "\"[What is the matter|Why are you so sad|What are you looking for], {A}?\" asked {B}.",
             "\"I [have lost|cannot find] my {full},\" said {A}."]
    if c.rng.random() < 0.7:
        asked += ["\"[I saw|I have seen|There was] something {colour} {spot},\" said {B}. \"[Come with me|Let us look there|Come, I will "
                  "show you]!\"", "They [ran|went|walked] there together[|, hand in hand|, as fast as they could], and there it was: the {full} "
                  "was lying {spot}[|, not even dirty|, a little wet but whole]."]
        end = ["<thanks>.", c.pick(["From then on {A~} [tied the {thing} to {A.his} belt|took better care of the {thing}|never put the "
                                    "{thing} down again|let {B} play with the {thing} whenever {B.he} wanted].", "{A~} <smiled>.",
                                    "They played with the {thing} until [dark|supper|the evening bell]."])] + closing(c)
    elif c.rng.random() < 0.5:
        asked += ["They [looked|searched] together until [dark|evening|sunset], but they did not find the {thing}."]
        end = ["\"You can have [half of my {food}|my {food}|a seat beside me],\" said {B}. That helped a little."] + closing(c, "sad")
    else:
        asked += ["{B} began to laugh. \"But {A}, look [under your arm|behind you|on your own head|in your other hand]!\" {B.he} said."]
        end = ["There was the {full}. It had been with {A.him} all the time!",
               "{A} [turned red|had to laugh too|laughed until {A.his} belly hurt]."] + closing(c)
    return [one, two, asked + end]


def share(c):
    """Two want one thing; somebody wise makes peace, or nobody does."""
    c.friend(), c.thing(), c.grown(), c.place()
    c.slots["minutes"] = c.pick(["five", "ten", "twenty"])
    one = opening(c) + ["{A.He} had a {kin} named {B}." if not c.animals else "{A.His} best friend was a {B.kind} named {B}.",
                        "<oneday> they [found|saw|discovered] a {full} {spot} {at_place}."] + aside(c)
    two = ["\"[It is mine|I saw it first|Give it to me]!\" cried {A}. \"[No, it is mine|No, I saw it first|I want it too]!\" cried {B}.",
           c.pick(["They both pulled [at the {thing}|as hard as they could], until {pulled}.", "They quarrelled [all morning|for a long time|so "
                   "loudly that the birds flew away].", "{A} held the {thing} tight, and {B} [began to cry|stamped {B.his} foot|pulled at {A.his} "
                   "sleeve]."])]
    c.slots["pulled"] = c.pick(["both fell over", "it almost broke", "they both fell in the mud"])
    kind = c.rng.random()
    if kind < 0.4:
        three = ["Then {G} came [by|along|out of the house]. \"[What is all this noise|Why are you quarrelling|What is going on here]?\" "
                 "asked {G.he}.", "\"We both want the {thing},\" said {A}.",
                 "\"Then [take turns|each of you may have it for {minutes} minutes|share it],\" said {G}. \"[First|At first] it is {B}'s turn, and "
                 "then it is {A}'s.\"", "So {B} played with the {full} first, and {A} waited. Then it was {A}'s turn.",
                 c.pick(["It was [more|much more] fun [together|for two] than alone.",
                         "Nobody was angry any more.", "Soon they had forgotten the quarrel."])] + closing(c)
    elif kind < 0.7:
        three = ["<later> {A~} saw that {B} was crying, and {A.he} felt sorry.", "\"You may have the {thing},\" said {A}. \"I [can play with it "
                 "tomorrow|have other things to play with|do not want to quarrel with you].\"",
                 "{B} dried {B.his} eyes. \"Let us play with it together,\" said {B.he}.",
                 "And so they did. {G} watched them [from the window|from the door|over the fence] and smiled."] + closing(c)
    else:
        soft = words.THINGS[c.slots["thing"]] in ("cloth", "wool", "paper", "silk", "straw")
        three = ["Suddenly something [ripped|tore], and the {thing} was in two pieces." if soft else "Suddenly there was a crack, and the {thing} broke in two.", "Now nobody had a {thing}. They looked at each other.",
                 "\"I am sorry, {B},\" said {A}. \"I am sorry too,\" said {B}.",
                 c.pick(["{G} gave them " + ("needle and thread" if soft else "some glue") + ", and they mended the {full} together.",
                         "They carried both pieces to {G}, who mended it with " + ("[thread|a needle|a patch]." if soft else "[glue|a nail|a little wire]."),
                         "Even {G} could not mend it. From then on they shared everything."])] + closing(c)
    return [one, two, three]


def weather(c):
    """A plan meets the weather."""
    c.friend(), c.place(among=["park", "forest", "farm", "garden", "meadow", "orchard", "beach"]), c.grown(town=False)
    w = c.pick(words.WEATHERS)
    c.slots["comes"], c.slots["gets"], c.slots["wear"] = words.WEATHERS[w]
    c.slots["plan"] = c.pick(["have a picnic", "pick berries", "fly a kite", "play hide and seek", "draw the flowers", "look for treasure",
                              "collect stones", "have a race", "play with the ball", "build a little house of sticks", "catch butterflies"])
    c.slots["wcolour"] = c.pick(words.COLOURS)
    one = opening(c) + ["<oneday> {A~} and {A.his} {kin} {B} [wanted|planned|decided] to {plan} {at_place}.",
                        c.pick(["\"Take your {wcolour} {wear} with you, {A},\" said {G}.", "\"Do not forget your {wcolour} {wear},\" said {G} to {A}.",
                                "\"The weather may change. Take your {wcolour} {wear},\" said {G}."])]
    listened = c.rng.random() < 0.5
    if listened:
        one.append(c.pick(["{A} put the {wear} in {A.his} bag.", "So {A} took the {wcolour} {wear} along.", "\"Yes, I will,\" said {A}, and took it."]))
    else:
        one.append(c.pick(["But {A} did not listen and left the {wear} at home.", "\"I do not need it,\" said {A}, and left it at home.",
                           "But {A} forgot the {wear} on the chair."]))
    two = ["At first [everything was fine|the sky was blue|they had a lot of fun]. Then [the sky turned dark|the light changed|the birds fell "
           "silent]. {comes}."]
    if listened:
        two += ["{B} {gets}, because {B.he} had [nothing with {B.him}|left everything at home|brought nothing].",
                "But {A} had the {wcolour} {wear}. \"Come, there is room for two,\" said {A}." if w == "rain" else
                "But {A} had the {wcolour} {wear}. \"Come, take my {wear} for a while,\" said {A}.",
                c.pick(["Together they waited {spot} until it was over.", "So they went home [slowly|side by side|singing]."])]
        end = ["\"You were right, {G.kind},\" said {A} [at home|in the evening|when they came back]."] + closing(c)
    else:
        two += ["{A} {gets}. How {A.he} [wished for|missed] the {wcolour} {wear} now!",
                c.pick(["{B} laughed, but not for long, for {B.he} {gets} too.", "They ran {spot} and waited there.",
                        "They ran home as fast as their legs would carry them."])]
        end = ["{G} gave them [water|cold milk|a glass of juice] and did not say a word." if w == "heat" else
               "{G} gave them [warm milk|hot soup|a dry towel|hot tea] and did not say a word.",
               "The next time {A} [remembered|took along] the {wear}[| without being asked]."] + closing(c, "lesson")
    return [one, two + end]


def helping(c):
    """A small animal is hurt; care helps it."""
    c.place(outdoors=True), c.grown()
    c.animals = False
    s = c.slots
    s["beast"] = c.pick(b for b in words.SMALL if b != s["A"].kind)
    s["hurt"] = words.SMALL[s["beast"]]
    s["bcolour"] = c.pick(["brown", "grey", "white", "black", "spotted", "yellow"])
    s["days"] = c.pick(["two", "three", "four", "five", "six", "seven"])
    s["cover"] = c.pick(["a woollen scarf", "an old hat", "a towel", "a soft cloth", s["A"].his + " coat", "a blanket"])
    one = opening(c) + ["<oneday> {A~} was [walking|playing|sitting|alone] {at_place}." ] + aside(c) + [
        "[Suddenly|Then] {A.he} heard [a weak cry|a small voice|something moving] {spot}.",
        "It was a [little|small|young] {bcolour} {beast} with {hurt}."]
    two = ["\"[Poor little {beast}|You poor thing|Do not be afraid],\" said {A}. \"I will [help you|not hurt you|take care of you].\"",
           "{A~} wrapped it in {cover} and [carried|took|brought] it to {G}.",
           "\"[What have you got there|What is the matter with it|Where did you find it]?\" asked {G}. \"It has {hurt},\" said {A}. \"I found it "
           "{spot}.\""]
    if c.rng.random() < 0.75:
        two += ["{G} [washed|cleaned|looked at] the wound[| carefully| gently], and {A} gave the {beast} [some water|warm milk|some bread|a little "
                "food].", "For {days} days {A} took care of it[| every morning and every evening|, before school and after|, and never "
                "forgot].", "After {days} days the {beast} was well again."]
        end = [c.pick(["{A~} took it back to the {place} and let it go.", "Then {A} carried it back to the {place}, where {A.he} had found it."]),
               c.pick(["The {beast} looked back once and was gone.", "Every [spring|morning|evening] it came back to visit {A.him}.",
                       "But the {beast} did not want to go. It stayed with {A} for ever.",
                       "{A~} was a little sad, but also <happy>."])] + closing(c)
    else:
        two += ["{G} shook {G.his} head. \"We must find its mother,\" said {G.he}. \"She can help it better than we can.\"",
                "So they went back to the {place}. There, {spot2}, the mother was [waiting|calling|looking everywhere]."]
        end = ["The little {beast} [cried for joy|ran to her|lay down beside her], and {A} <smiled>."] + closing(c)
    return [one, two, end]


def make(c):
    """Something is made, fails for a reason, and is mended by removing the reason."""
    c.friend(), c.place(outdoors=True), c.grown()
    s = c.slots
    s["work"] = c.pick(words.MAKES)
    parts, s["fails"], s["cause"], s["mend"], s["does"] = words.MAKES[s["work"]]
    s["p1"], s["p2"], s["p3"] = parts
    gift = c.rng.random() < 0.4
    one = opening(c) + ["<oneday> {A~} [wanted|decided] to make a {work}" + (" for {B}, {A.his} {kin}." if gift else "."),
                        c.pick(["{A.He} needed {p1}, {p2} and {p3}.", "For that {A.he} took {p1}, {p2} and {p3}.",
                                "{G} gave {A.him} {p1}, and {A.he} found {p2} and {p3} [in the shed|in the kitchen|in an old box|in the attic]."])] + aside(c)
    two = ["{A~} worked [all morning|for two hours|until noon|with great care|very hard]. But the {work} {fails}.",
           c.pick(["\"[Why|I wonder why]?\" thought {A}.", "{A~} was <sad>.", "{A~} [nearly gave up|sat down and sighed|kicked a stone].",
                   "\"It is no use!\" cried {A}."])]
    if gift:
        two += ["Then {G} [had a look|came to see|looked at it closely]. \"It {cause},\" said {G.he}."]
    else:
        two += ["Then {B}, {A.his} {kin}, [had a look|came to see|looked at it closely]. \"It {cause},\" said {B.he}."]
    two += [c.pick(["So {A~} {mend}, and [then|now|after that] the {work} {does}.", "So they {mend} together. [Then|Now|After that] the {work} {does}.",
                    "{A~} tried again and {mend}. It worked! The {work} {does}."])]
    if gift:
        end = ["{B} was [surprised|speechless|so happy]. \"Did you make this {work} yourself?\" asked {B.he}. \"Yes, but {G} helped me,\" said {A}.",
               "\"It is the [best|nicest|finest] {work} in the world,\" said {B}."] + closing(c, home=True)
    else:
        end = [c.pick(["\"I could not have done it without you, {B},\" said {A}.", "They [laughed|danced|cheered] and showed the {work} to {G}.",
                       "The next day [everybody|all the children|the whole village] wanted a {work} like that."])] + closing(c, home=True)
    return [one, two, end]


def fear(c):
    """Somebody is afraid and learns not to be."""
    c.friend(), c.place()
    s = c.slots
    s["trait"] = c.pick(["shy", "quiet", "careful", "gentle", "polite", "thoughtful", "kind", "clever"])
    s["habit"] = words.TRAITS[s["trait"]]
    s["fear"] = c.pick(words.FEARS)
    s["trick"], s["advice"] = words.FEARS[s["fear"]]
    one = opening(c) + ["But {A~} was afraid of one thing: {fear}.", c.pick(["Because of that, {A.he} never went to the {place} alone.",
                        "{A.He} did not tell anybody about it.", "The others [sometimes laughed|laughed at {A.him}], and that hurt."]),
                        "<oneday> {A~} was {at_place} with {A.his} {kin} {B}."]
    two = ["[Suddenly|Then] {A} [stopped|began to tremble|turned pale|could not take another step].",
           "\"What is wrong, {A}?\" asked {B}. \"I am afraid of {fear},\" [said|whispered|admitted] {A}.",
           "{B} did not laugh. \"[I was afraid once too|Everyone is afraid of something|That is nothing to be ashamed of],\" said {B.he}. "
           "\"{advice}.\"", "{A} took a deep breath and {trick}. [{A.His} heart beat fast|{A.His} knees were shaking|It was not easy], but {A.he} did not "
           "run away."]
    end = [c.pick(["<later> the fear grew smaller and smaller.", "And then it was not so bad any more.", "After that {A.he} could even smile."]),
           c.pick(["\"You see, {A}, you are brave,\" said {B}.", "\"Thank you for not laughing, {B},\" said {A}.",
                   "Today {A} is not afraid of {fear} any more.", "\"Tomorrow we will come back,\" said {A}, and {B} nodded."])] + closing(c)
    return [one, two + end]


def gift(c):
    """A present is wanted for somebody; a trade or two brings it."""
    c.grown("G", town=False), c.grown("T", town=True), c.thing(), c.place(among=["market", "village square", "harbour", "station"])
    s = c.slots
    while s["T"].kind == s["G"].kind:
        c.grown("T", town=True)
    s["have"] = c.pick(t for t in words.THINGS if t != s["thing"])
    s["hcolour"] = c.pick(x for x in words.COLOURS if x != s["colour"])
    one = opening(c) + ["Tomorrow was the birthday of {A.his} {G.kind}, and {A~} had no present.",
                        "\"[What would you like|What do you wish for]?\" {A.he} had asked. \"[Oh, a|I would love a|A] {full},\" {A.his} {G.kind} had said."] + aside(c)
    two = ["So {A} went to the {place}, where {T} had a {full}. \"[How much is it|What does it cost|May I have it]?\" asked {A}.",
           c.pick(["But {A.he} had no money, only a {hcolour} {have}.", "{A.He} had no money at all. {A.He} had only a {hcolour} {have}."])]
    deal = c.rng.random()
    if deal < 0.4:
        two += ["\"A {hcolour} {have}!\" cried {T}. \"I have been looking for one [all year|for weeks|everywhere]. Let us trade!\"",
                "So {A} gave away the {have} and got the {thing}."]
    elif deal < 0.75:
        two += ["\"Keep your {have},\" said {T}. \"But if you help me [sweep the floor|carry the sacks|paint the door|feed the hens|stack the wood|"
                "wash the windows], the {thing} is yours.\"", "{A~} worked [hard|all afternoon|until evening], and then the {full} belonged to {A.him}."]
    else:
        two += ["\"I am sorry, but it is sold already,\" said {T}.",
                "Then {A} had an idea. {A.He} [painted|drew] a {full} on a sheet of paper[| with the finest brush| with great care]."]
    end = ["The next [day|morning] {A} gave it to {A.his} {G.kind}.",
           "\"A {full}!\" cried {A.his} {G.kind}. \"[How did you know?|You remembered!|That is just what I wished for!]\"",
           c.pick(["{A} <smiled>.", "And {A} was even happier than {A.his} {G.kind}.", "They ate [cake|pie|pancakes|buns with honey] together."])] + closing(c, home=True)
    return [one, two, end]


def broken(c):
    """Something breaks; telling the truth or hiding it has consequences."""
    c.grown(town=False), c.place()
    s = c.slots
    s["glass"] = c.pick(words.BREAKABLE)
    s["gcolour"] = c.pick(words.COLOURS)
    s["doing"] = c.pick(["playing ball in the house", "dancing around the table", "running through the kitchen", "reaching for {a_food}",
                         "chasing the cat", "juggling with apples", "jumping on the bed", "playing pirate"]).replace("{a_food}", s["a_food"])
    one = opening(c) + ["<oneday> {A~} was {doing}.", "{A.His} {G.kind} had said: \"[Be careful|Not in the house|Not so wild], {A}!\"",
                        "But {A~} did not [listen|hear it|think of that]. [Crash|Crack|Bang]! The {gcolour} {glass} [was broken|fell down and broke|lay in pieces on the floor]."]
    if c.rng.random() < 0.5:
        two = ["{A~} [was frightened|turned pale|stood very still]. Nobody had seen it.",
               "\"[I could say it was the cat|I could hide the pieces|Nobody will know],\" thought {A}. But that felt wrong.",
               "So {A~} went to {A.his} {G.kind} and said: \"I have broken the {gcolour} {glass}. I am [so |very |]sorry.\"",
               "{A.His} {G.kind} was quiet for a moment. \"The {glass} is gone, but you told me the truth, and that [matters more|is worth "
               "more than any {glass}|makes me glad],\" said {G.he}.",
               c.pick(["Together they swept up the pieces.", "They glued it together, and now it is the most beautiful {glass} of all.",
                       "From {A.his} own money {A} bought a new {glass}. It was not {gcolour}, but it was pretty."])] + closing(c, home=True)
    else:
        two = ["Quickly {A} hid the pieces [under the bed|behind the stove|in a drawer|under the carpet|in the garden].",
               "In the evening {A.his} {G.kind} asked: \"Where is my {gcolour} {glass}?\" \"[I do not know|I have not seen it|Perhaps the cat took it],\" said {A}.",
               "That night {A~} could not sleep. [{A.His} belly hurt|The lie was heavy like a stone|{A.He} thought of the {glass} all the time].",
               "At last {A~} got up and told {A.his} {G.kind} everything.",
               "\"I knew it,\" said {G.he}. \"I [found|saw] the pieces. I was only waiting for you to tell me.\"",
               c.pick(["After that {A.he} slept like a stone.", "{A} never lied about such things again.", "They hugged each other for a long time."])] + closing(c, "lesson", home=True)
    return [one, two]


def race(c):
    """A contest between two; the proud one learns something."""
    c.friend(), c.place(outdoors=True), c.place("place2", outdoors=True), c.grown(town=True)
    s = c.slots
    s["prize"] = c.pick(words.FOODS)
    s["a_prize"] = words.FOODS[s["prize"]] + " " + s["prize"]
    proud = c.rng.random() < 0.6
    if proud:
        s["trait"] = c.pick(["proud", "quick", "playful"])
        s["habit"] = words.TRAITS[s["trait"]]
    one = opening(c) + ["\"[Nobody is faster than I am|I am the fastest of all|I can run faster than anyone],\" {A} [said|boasted] one day." if proud else
                        "<oneday> there was a race from the {place} to the {place2}.",
                        ("\"[Let us see|Shall we race], {A}?\" asked {B}, {A.his} {kin}. \"From the {place} to the {place2}!\"") if proud else
                        "{A} wanted to win, and so did {A.his} {kin} {B}.",
                        "The winner would get {a_prize} from {G}."] + aside(c)
    two = ["\"[One, two, three, go|Ready, steady, go]!\" called {G}. {A} ran off [like an arrow|as fast as the wind|with big steps]."]
    kind = c.rng.random()
    if kind < 0.35:
        two += ["<later> {A~} was so far ahead that {A.he} [lay down under a tree|stopped to pick flowers|sat down to eat|stopped to talk to a friend].",
                "{A~} [fell asleep|forgot the time]. {B} came by, step by step, and did not stop.",
                "When {A} [looked up|looked around|wanted to go on], {B} was already at the {place2}. {B} had won the {prize}!",
                "\"[Slow and steady|Step by step|Whoever does not stop gets there too],\" said {G}."]
        end = ["{A~} was [angry at first|ashamed|quiet for a while]. But then {A.he} [shook {B}'s hand|had to laugh|came to {B} and smiled].",
               "{B} gave {A} half of the {prize}."] + closing(c, "lesson")
    elif kind < 0.7:
        two += ["[Halfway there|Near the end|On the bridge], {B} [fell|stumbled over a root|slipped in the mud] and [hurt {B.his} knee|could not get up].",
                "{A} heard {B.him} cry. [Should {A.he} run on|To win or to help]? {A.He} turned around.",
                "\"Lean on me, {B},\" said {A}. So they walked to the {place2} together[|, slowly, side by side].",
                "They were the last of all. But {G} gave {A} the {prize}. \"This is for [a good heart|a good friend|the best friend here],\" said {G.he}."]
        end = ["And {A} shared it with {B}."] + closing(c)
    else:
        two += ["{B} was close behind. [At the bridge|On the hill|At the last bend] they were side by side.",
                "They reached the {place2} at the very same moment. \"[Nobody has won|Both of you have won],\" said {G}.",
                "So {G.he} cut the {prize} in two halves." if s["prize"] not in ("soup", "milk", "porridge", "nut", "jam", "honey") else
                "So {G.he} gave each of them half of the {prize}."]
        end = ["\"Next time I will win,\" said {A}. \"No, I will,\" said {B}, and they both laughed."] + closing(c)
    return [one, two, end]


def mystery(c):
    """A noise in the night, and what it was."""
    c.friend(), c.place()
    s = c.slots
    s["beast"] = c.pick(["goat", "owl", "cat", "raccoon", "donkey", "goose", "dog", "sheep", "crow", "pig", "parrot", "hen"])
    s["bcolour"] = c.pick(["brown", "grey", "white", "black", "spotted", "fat", "skinny", "very old"])
    s["noise"], s["doing"] = c.pick(words.NOISES)
    s["ghost"] = c.pick(["a ghost", "a thief", "a monster", "a dragon", "a giant", "a witch", "a wolf"])
    one = opening(c) + ["One [night|evening|dark night|stormy evening] {A~} heard {noise} {at_place}." ,
                        "\"[Did you hear that|Listen|What was that], {B}?\" asked {A}. {A.His} {kin} {B} [listened|held {B.his} breath|sat up]. "
                        "\"Perhaps it is {ghost},\" [whispered|said] {B}."]
    two = ["They took [a lamp|a lantern|a candle] and [crept|went|tiptoed] to the {place}. [It was dark|The moon was hidden|An owl called|The floor creaked].",
           "There it was again: {noise}. It came from somewhere {spot}.",
           c.pick(["{A}, who was {trait}, went first.", "{A} held {B}'s hand tightly.", "\"You go first,\" said {B}. \"No, you,\" said {A}. So they went together."]),
           "{A} lifted the light and [looked|peered] {spot}. And what did {A.he} see?",
           "It was not {ghost}. It was a {bcolour} {beast}, {doing}!"]
    end = [c.pick(["{A} and {B} laughed [so hard that they had to sit down|with relief|until they cried].",
                   "\"So much fear for a {beast}!\" laughed {B}.", "\"Hello, {beast},\" said {A}. \"You gave us a fright.\""]),
           c.pick(["They gave the {beast} {a_food} and went back to bed.", "From then on the {beast} lived with them.",
                   "In the morning they found out that the {beast} belonged to {owner}.", "The {beast} looked at them as if nothing had happened."])] + closing(c)
    s["owner"] = "the " + c.pick(words.TOWN)
    return [one, two + end]


def planting(c):
    """Seeds, patience and what comes of them."""
    c.grown(), c.friend()
    s = c.slots
    s["seed"] = c.pick(words.SEEDS)
    s["plants"] = words.SEEDS[s["seed"]]
    s["n"] = words.NUMBERS[c.rng.randint(3, 9)]
    s["weeks"] = c.pick(["two", "three", "four", "five", "six"])
    care = c.rng.random() < 0.65
    one = opening(c) + ["In [spring|April|May] {G} gave {A} {n} {seed} seeds. \"[Put them in the ground|Plant them] and [water them every day|take good care of "
                        "them|be patient],\" said {G.he}.", "{A~} [dug|made] {n} holes [in the garden|beside the house|behind the shed|under the window] and put "
                        "one seed in each."]
    if care:
        two = ["Every [morning|evening|day] {A.he} watered them. But nothing [happened|came up|could be seen].",
               "\"[Perhaps they are asleep|They will never grow|Are they dead]?\" asked {B}, {A.his} {kin}. \"[Wait|Just wait|We must wait],\" said {A}.",
               "After {weeks} weeks, {A} saw something green. [One|A first] little leaf! Then there were two, and then {n}.",
               "In [summer|August|July] there were so many {plants} that {A} could [give some to everybody|fill three baskets|hardly count them]."]
        end = ["\"You [were patient|took good care of them|watered them every day], and now you have {plants},\" said {G}.",
               "{A} gave the [most beautiful|biggest|best] one to {B}."] + closing(c, home=True)
    else:
        two = ["On the first day {A~} watered them, and on the second day too. But on the third day {A.he} [forgot|wanted to play|had no time].",
               "[It did not rain|The sun was hot|The ground grew dry] for {weeks} weeks. When {A} came back, [all|most] of the little plants had dried up.",
               "\"[Where are your {plants}|How are your {plants}], {A}?\" asked {G}. {A} looked at {A.his} shoes. \"I forgot to water them,\" {A.he} said."]
        if c.rng.random() < 0.5:
            end = ["But one was still alive, [behind a stone|in the shade|in the corner]. {A} gave it water every day from then on.",
                   "And in autumn there were some {plants} after all. {A} was <happy>."] + closing(c, home=True)
        else:
            end = ["{G} was not angry. \"Next year you will remember,\" said {G.he}[|, and gave {A.him} new seeds]."] + closing(c, "lesson", home=True)
    return [one, two, end]


def way_home(c):
    """Lost on the way; landmarks lead home."""
    c.place(outdoors=True), c.grown("G", town=True), c.grown("H", town=False)
    s = c.slots
    marks = c.rng.sample(["the old bridge", "the white church", "the broken fence", "the big stone", "the blue door", "the windmill",
                          "the three pines", "the little chapel", "the stone lion", "the red barn", "the tall chimney", "the well"], 2)
    s["m1"], s["m2"] = marks
    s["turn1"], s["turn2"] = c.rng.sample(["left", "right", "straight on"], 2)
    s["chase"] = c.pick(["a butterfly", "a white rabbit", "a rolling hoop", "a marching band", "the sound of music", "a lost dog", "a red balloon"])
    one = opening(c) + ["<oneday> {A~} followed {chase} and did not look where {A.he} was going."] + aside(c) + [
        "<later> {A.he} stood {at_place} and did not know the way home. {A~} was [alone|frightened|tired and hungry|<sad>]."]
    two = ["Then {G} came by. \"[Are you lost|Where do you want to go|Why are you crying], {kid}?\" asked {G.he}.",
           "\"[I cannot find the way home|I want to go home, but I do not know the way|I am lost],\" said {A}.",
           "\"It is not far,\" said {G}. \"At {m1} you go {turn1}, and at {m2} you go {turn2}.\"",
           "{A~} [thanked {G.him}|said thank you] and set off[| at once]. <walk>." if c.rng.random() < 0.5 else "{A~} [thanked {G.him}|said thank you] and set off[| at once].",
           "At {m1} {A.he} went {turn1}, just as {G} had said. Then came {m2}, and there {A.he} went {turn2}."]
    s["kid"] = c.pick(["my child", "little one", "little " + s["A"].kind])
    end = [c.pick(["And there was {A.his} own house, and {A.his} {H.kind} stood at the door.", "Soon {A~} saw the light in {A.his} own window. {A.His} {H.kind} was waiting."]),
           "\"[Where have you been, {A}?|There you are, {A}!|I was so worried, {A}!]\" cried {A.his} {H.kind} and [hugged|kissed] {A.him}.",
           c.pick(["\"I followed {chase}, but {G} showed me the way,\" said {A}.", "The next day {A} brought {G} {a_food} to say thank you.",
                   "From then on {A} always remembered {m1} and {m2}."])] + closing(c, home=True)
    return [one, two, end]


def counting(c):
    """So many, some given away, so many left."""
    c.friend(), c.friend("C"), c.place(), c.grown()
    s = c.slots
    item = c.pick(words.COUNTED)
    n = c.rng.randint(4, 12)
    a = c.rng.randint(1, n - 2)
    b = c.rng.randint(1, n - a - 1) if c.rng.random() < 0.5 else 0
    def count(x):
        return f"{words.NUMBERS[x]} {item if x == 1 else words.COUNTED[item]}"
    s["all"], s["items"], s["a"], s["left1"] = count(n), words.COUNTED[item], words.NUMBERS[a], count(n - a)
    s["n"], s["b"], s["left2"] = words.NUMBERS[n], words.NUMBERS[b], count(n - a - b)
    s["is1"] = "was" if n - a == 1 else "were"
    one = opening(c) + [c.pick(["<oneday> {A~} [found|got|bought|was given|collected] {all} {at_place}.", "{G} gave {A} {all}.", "{A~} had {all} in {A.his} [bag|basket|pocket|box]."]),
                        c.pick(["{A~} counted them twice: there were {n}.", "\"{all}!\" said {A}. \"What [riches|luck|a treasure]!\"", "{A~} wanted to keep them all."])] + aside(c)
    two = ["Then {A~} met {B}. {B} had [no {items}|none|nothing at all] and looked [sad|hungry|at them with big eyes].",
           "\"May I have {a} of them[|, please]?\" asked {B}.",
           c.pick(["{A} thought about it and gave {B} {a} of them.", "\"Of course,\" said {A}, and gave {B} {a}."]),
           c.pick(["Now {A} had {left1} left.", "So there {is1} {left1} left."])]
    if b:
        two += ["[A little later|On the bridge|Near the mill|On the way home] {A~} met {C}, who [also wanted some|asked for {b}|had been ill]. {A} gave {C} {b} of them, and now {A.he} had only {left2}."]
    end = [c.pick(["\"You had {n}, and now you have {last},\" said {G}. \"Are you not sad?\" \"No,\" said {A}. \"Now I have [a friend|friends] as well.\"",
                   "{A} had {last} left, but [{A.his} heart was full|{A.he} was not sad at all|{A.he} felt rich].",
                   "At home {A} ate one of the {last} and kept the rest." if n - a - b > 2 and item in ("apple", "pear", "nut", "plum", "bun", "egg", "carrot", "cherry", "cookie")
                   else "At home {A} put {last} on the table."])] + closing(c, home=True)
    s["last"] = s["left2"] if b else s["left1"]
    return [one, two, end]


def wish(c):
    """A wish is granted in an unexpected way."""
    c.place(outdoors=True), c.thing(), c.grown(town=False)
    s = c.slots
    s["giver"] = c.pick(["a golden fish", "a tiny fairy", "an old frog", "a talking bird", "a little man with a long beard", "a silver snake",
                         "a wise old owl", "a star that had fallen", "a white deer"])
    s["saved"] = c.pick(["freed it from a net", "pulled it out of the mud", "shared {a_food} with it", "lifted a stone off it", "warmed it in {A.his} hands",
                         "carried it across the road"]).replace("{a_food}", s["a_food"]).replace("{A.his}", s["A"].his)
    one = opening(c) + ["<oneday> {A~} found {giver} {spot} {at_place}. {A.He} {saved}."] + aside(c) + [
        "\"[You have a good heart|Thank you|You have saved me],\" it said. \"You may make one wish.\""]
    kind = c.rng.random()
    if kind < 0.35:
        two = ["\"I wish for a {full},\" said {A}, and there it was.", "But {A} [soon wanted more|was not content]. \"I also want a {thing2}!\" {A.he} cried.",
               "\"One wish is one wish,\" it said, and the {full} was gone too."]
        end = ["{A} went home [with empty hands|with nothing] and thought about it for a long time."] + closing(c, "sad")
    elif kind < 0.7:
        two = ["{A~} thought for a long time. {A.He} could have wished for [gold|a castle|a horse|a ship]. But {A.his} {G.kind} was ill.",
               "\"I wish that my {G.kind} may be well again,\" said {A}.", "\"[That is a good wish|Go home|So be it],\" it said.",
               "{A~} ran home. {A.His} {G.kind} stood in the kitchen and was [singing|baking|laughing], as if {G.he} had never been ill."]
        end = ["{A} hugged {A.his} {G.kind} and told {G.him} about {giver}."] + closing(c)
    else:
        two = ["\"I wish for a {full},\" said {A}. \"Then look {spot2},\" it said and was gone.",
               "{A~} ran there and looked {spot2}. There lay a {full}[|, as new as the morning|, and it shone in the sun].",
               "{A~} could hardly believe it. The {thing} was [just the right size|more beautiful than any other|made of {stuff}]."]
        end = [c.pick(["At home nobody believed {A.him}, but there was the {full}.", "{A~} showed it to {A.his} {G.kind}. \"Where did you get that {thing}?\" asked {G.he}."])] + closing(c)
    s["thing2"] = c.pick(t for t in words.THINGS if t != s["thing"])
    return [one, two + end]


def visit(c):
    """A journey to somebody who is ill or lonely, with something in the basket."""
    c.grown("G"), c.place(outdoors=True), c.friend()
    s = c.slots
    s["f2"] = c.pick(f for f in words.FOODS if f != s["food"])
    s["a_f2"] = words.FOODS[s["f2"]] + " " + s["f2"]
    s["ill"], s["is_ill"] = c.pick([("was ill", "is ill"), ("had a cold", "has a cold"), ("was lonely", "is lonely"), ("had a bad back", "has a bad back"),
                                    ("could not leave the house", "cannot leave the house")])
    one = opening(c) + ["<oneday> {A~} heard that {G} {ill}.", "\"I will [visit {G.him}|bring {G.him} something],\" said {A}, and put {a_food} and "
                        "{a_f2} in a basket."] + aside(c)
    two = ["The way led through the {place}. " + c.pick(["<walk>.", "There {A~} met {B}, {A.his} {kin}."])]
    lost_food = c.rng.random() < 0.5
    if "{B}" in two[0]:
        two += ["\"Where are you going, {A}?\" asked {B}. \"To {G}, because {G.he} {is_ill},\" said {A}. \"I will come with you,\" said {B}."]
        s["they"] = "they"
    else:
        s["they"] = s["A"].he
    if lost_food:
        if s["food"] in ("soup", "milk", "honey", "porridge", "jam"):
            two += ["[At the river|On the bridge|On the hill] {A~} stumbled, and the {food} was spilled. Only the {f2} was left."]
        else:
            two += ["[At the river|On the bridge|On the hill] the basket [tipped over|fell down], and [a dog ate the {food}|the {food} rolled "
                    "into the water]. Only the {f2} was left."]
        end = ["\"I wanted to bring you {food} as well, but I lost it on the way,\" said {A} to {G}.",
               "\"You have brought [yourself|your smile], and that is [better|the best medicine],\" said {G}. They shared the {f2}."]
    else:
        end = ["When {they} [came|got] there, {G} was [in bed|at the window|sitting by the fire]. \"What a nice surprise!\" said {G.he}.",
               "{G} ate the {food} first and then the {f2}. \"[Now I feel better|That did me good],\" said {G.he}."]
    end += [c.pick(["They talked [until evening|for a long time|about old times].", "{A} [read a story to {G.him}|sang a song for {G.him}|made tea for {G.him}].",
                    "\"Come again soon, {A},\" said {G}."])] + closing(c)
    return [one, two, end]


def new_neighbour(c):
    """Somebody new is different, and becomes a friend."""
    c.friend(), c.place(), c.thing()
    s = c.slots
    s["kin"] = "friend"
    b = c.pick(list(words.TRAITS))
    s["btrait"], s["bhabit"] = b, words.TRAITS[b]
    one = opening(c) + ["<oneday> a new {B.kind} came to the {place}. {B.His} name was {B}, and {B.he} was <very>{btrait}.",
                        c.pick(["{B} sat alone and [said nothing|looked at the ground|drew in the sand].", "Nobody [talked to {B}|wanted to play with {B}|knew what to say to {B}].",
                                "{B} had a {full} that {B.he} never let go."])]
    two = ["\"Why do you not play with us?\" asked {A}. \"[Nobody asked me|I do not know anyone here|I am new],\" said {B}.",
           "\"Then [I ask you|come and play with me|let us be friends],\" said {A}. \"My name is {A}. What is yours?\" \"I am {B},\" {B.he} said.",
           "{B} took a {full} out of {B.his} [bag|pocket|coat]. \"I have had this {thing} since I was small,\" said {B.he}. \"Do you want to hold it?\"",
           c.pick(["They played {at_place} [all day|until evening|for hours].", "{A} showed {B} the best places: {spot} and {spot2}.",
                   "They found out that they both liked [{food}|the rain|old stories|cats|rivers|riddles]."])]
    end = [c.pick(["After that {A} and {B} were always together" + (": one {trait}, one {btrait}." if c.told and s["trait"] != b else "."), "\"Will you come again tomorrow, {B}?\" asked {A}. \"Yes,\" said {B}.",
                   "It is easy to make a friend. Somebody only has to begin.", "When {B} went home, the {full} was in {A}'s hand. It was a gift."])] + closing(c)
    return [one, two + end]


PLOTS = [lost, share, weather, helping, make, fear, gift, broken, race, mystery, planting, way_home, counting, wish, visit, new_neighbour]
