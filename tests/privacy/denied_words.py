"""Words that no pseudonym may hold, by the class that forbids them, in English and German.

A word of the lists is denied if it is one of these or, where a star says so, if it contains one.
"""

DENIED = {
    "speed and quality of work": """
        slow* fast quick rapid swift brisk speedy* prompt sluggish* hasty nimble agile lazy* idle
        busy diligent eager keen careful careless thorough sloppy tidy neat punctual reliable
        efficient productive lame tardy late steady restless tired sleepy drowsy dozing relaxed
        resting patient polite helpful friendly attentive skipping skipped reading writing calling
        chatty talkative langsam* schnell* rasch flink flott träge faul* fleißig* eifrig emsig
        sorgfältig schlampig müde schläfrig pünktlich* zuverlässig geduldig höflich hilfsbereit
        freundlich aufmerksam lahm spät gläsern transparent schleppend hurtig geschwind hektisch
        snail* tortoise turtle sloth hare cheetah gazelle ant bee speedwell lemon schnecke
        schildkröte faultier hase gepard ameise biene
    """,
    "intelligence": """
        smart clever bright brilliant wise witty sharp dull dumb stupid* silly simple dense slow*
        genius klug schlau gescheit weise dumm blöd doof einfältig begabt intelligent schlicht owl
        turnip cabbage donkey* ape goldfish turkey sheep eule esel affe* goldfisch truthahn schaf
        kohl rübe
    """,
    "body": """
        big small tall short fat thin thick slim round curvy bald hairy strong weak hot naked* wet
        moist tight hard long pretty beautiful ugly handsome cute sexy juicy tender athletic
        sporty fluffy groß klein dick dünn schlank rund stark schwach nackt* nass feucht hart lang
        schön hässlich hübsch süß saftig knackig zart sportlich anmutig elephant whale hippo
        giraffe walrus asparagus courgette cucumber pear peach plum melon banana aubergine acorn
        rosehip almond eyebright feverfew elefant wal nilpferd walross spargel zucchini gurke
        birne pfirsich pflaume melone banane eichel* hagebutte mandel augentrost
    """,
    "age": """
        old young new ancient modern antique vintage elder* elderly senior junior baby infant alt
        jung neu antik greis elderberry elderflower holunder rentier
    """,
    "gender": """
        man woman* boy girl male female lady* queen* king mister miss manly womanly motherly
        fatherly mann frau junge mädchen dame herr männlich* weiblich mütterlich hen rooster bull
        cow chick* vixen ladybird boysenberry henne hahn bulle kuh küken füchsin meerkat
        erdmännchen
    """,
    "origin and colour of skin": """
        black* white* brown* yellow* red dark pale tanned dusky golden bronze ebony ivory foreign
        native exotic* oriental* nordic german* english turkish polish swede turk pole schwarz
        weiß braun gelb rot dunkel blass bronzen fremd heimisch exotisch orientalisch nordisch
        rosa lila coloured* coconut potato mandarin fenugreek germander migrating satsuma
        blackberry blackbird cocoa kartoffel kokosnuss amsel kakao
    """,
    "religion": """
        holy saintly divine heavenly angelic blessed pious sacred pagan christian jewish islamic*
        lotus heilig* göttlich* himmlisch* fromm gesegnet christlich* jüdisch* angelica
        passionflower nasturtium osterglocke pfingstrose christrose kapuzinerkresse kreuzkümmel
        johannisbeere hyssop
    """,
    "politics": """
        royal noble red green* blue radical loyal patriotic rebel marching parading protesting
        rebellious königlich adlig rot grün blau radikal treu rebellisch marschierend cornflower
        edelweiss kornblume edelweiß
    """,
    "illness": """
        sick ill mad crazy nutty dizzy manic insane lame blind deaf feverish numb krank* irre
        verrückt wahnsinnig taub stumm fiebrig schwindlig lichen lungwort flechte lungenkraut
    """,
    "money": """
        rich poor cheap costly precious expensive thrifty broke reich arm billig teuer kostbar
        edel günstig pleite thrift
    """,
    "unfriendly or slang": """
        cold cool fresh salty sour bitter tart saucy spicy sticky stuffed pickled baked high
        stoned smoky fruity gay queer camp cheeky naughty frisky flashing swinging horny steamy
        creamy warm kalt sauer frech windig geil scharf würzig cremig lecker feurig pig rat snake*
        donkey* cow goose fox wolf shark vulture magpie parrot peacock beaver cock cockatoo camel
        dog cat kitten rabbit bunny crab beetle worm leech toad slug mouse raven crow bear cub
        schwein* ratte* schlange* gans fuchs hai geier elster papagei pfau biber hund katze
        kaninchen krabbe käfer wurm* kröte maus rabe krähe bär schwanz* fig date nut cherry pansy
        olive vanilla mimosa leek soybean hemp poppy cumin sage chestnut feige dattel kirsche
        stiefmütterchen vanille mimose lauch soja hanf mohn morchel zwiebel
    """,
    "names that people bear": """
        rose lily daisy jasmine jasmin robin violet heather hazel ivy fern olive clementine cherry
        ginger basil rosemary sage saffron poppy dahlia holly willow juniper rowan laurel myrtle
        bryony veronica valerian melissa iris viola erika linden marguerite martin jay merlin
        phoenix wren lark dove swan drake finch crane sandy sunny misty stormy dusty merry jolly
        rusty rocky fuchs vogel wolf hahn haas hirsch adler falke sperling spatz meise specht
        storch fink amsel lerche pfeffer linde buche fröhlich lustig sommer winter herbst klee
        dill anis clover woodruff lavender magnolia camellia azalea anemone verbena carnation
    """,
}  # fmt: skip


def denied_by(word: str) -> list[str]:
    """Return the classes that forbid a word."""
    caseless = word.casefold()
    return [
        name
        for name, words in DENIED.items()
        if any(
            denied.rstrip("*") in caseless if denied.endswith("*") else denied == caseless
            for denied in words.casefold().split()
        )
    ]
