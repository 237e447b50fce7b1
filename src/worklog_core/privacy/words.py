"""The words that pseudonyms are made of: 256 adjectives and 256 nouns, in English and German.

Four rules hold for the lists:
1. A place holds the same concept in both languages, so a name can be said in either.
2. No word says anything about a person: the adjectives are of mood, motion, taste, light, sound,
   weather and pattern, neutral to positive; the nouns are fruit, vegetables, garden plants and
   friendly animals. None speaks of body, age, gender, origin, religion, politics, illness, money,
   intelligence, speed or quality of work, has a slang meaning, or is a name that people bear.
3. Two words of a list differ in two letters or more, so that a slip of the pen is no other name.
4. The lists are never edited: another word, or another order, is another `WORDS_VERSION`, under
   which every name changes. A pair that must not be is undone by removing a word.

A German adjective is a stem that takes the endings of the strong declension as it is; a noun comes
with its gender.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

from worklog_core.door import parse_choice
from worklog_core.errors import WorklogError
from worklog_core.languages import Language

__all__ = [
    "ADJECTIVES",
    "NAME_COUNT",
    "NOUNS",
    "WORDS_VERSION",
    "Language",
    "is_pseudonym",
    "name_at",
    "words_in_names",
]

WORDS_VERSION: Final = "1"

_ADJECTIVES: Final = """
Hungry/Hungrig Cheerful/Vergnügt Happy/Glücklich Joyful/Freudig Lighthearted/Frohgemut
Curious/Neugierig Playful/Verspielt Delighted/Entzückt Amused/Amüsiert Thrilled/Begeistert
Calm/Ruhig Peaceful/Friedlich Grateful/Dankbar Jubilant/Jubelnd Buoyant/Beschwingt
Enchanted/Verzaubert Surprised/Überrascht Astonished/Erstaunt Amazed/Verblüfft
Refreshed/Erfrischt Cosy/Behaglich Festive/Festlich Musical/Musikalisch Poetic/Poetisch
Droll/Drollig Giggling/Kichernd Laughing/Lachend Smiling/Lächelnd Singing/Singend
Humming/Summend Whistling/Pfeifend Whispering/Flüsternd Murmuring/Murmelnd Warbling/Trällernd
Yodelling/Jodelnd Chirping/Zirpend Drumming/Trommelnd Strumming/Klimpernd Pealing/Läutend
Pastel/Pastellig Echoing/Hallend Rustling/Raschelnd Whirring/Schwirrend Splashing/Planschend
Bubbling/Sprudelnd Rhythmic/Rhythmisch Melodic/Melodisch Tuneful/Klangvoll Harmonic/Harmonisch
Lyrical/Lyrisch Jazzy/Jazzig Orchestral/Orchestral Symphonic/Sinfonisch Acoustic/Akustisch
Tonal/Tonal Resonant/Resonant Fluting/Flötend Trumpeting/Trompetend Dancing/Tanzend
Twirling/Wirbelnd Circling/Kreisend Floating/Schwebend Gliding/Gleitend Swimming/Schwimmend
Diving/Tauchend Paddling/Paddelnd Rowing/Rudernd Fluttering/Flatternd Hiking/Wandernd
Climbing/Kletternd Cycling/Radelnd Hopping/Hüpfend Leaping/Springend Tumbling/Purzelnd
Rocking/Schaukelnd Swaying/Wiegend Waving/Winkend Balancing/Balancierend Rippling/Kräuselnd
Exploring/Erkundend Gardening/Gärtnernd Painting/Malend Knitting/Strickend Sewing/Nähend
Crocheting/Häkelnd Drawing/Zeichnend Rhyming/Reimend Picnicking/Picknickend Camping/Zeltend
Feasting/Schmausend Nibbling/Knabbernd Snacking/Naschend Savouring/Genießend Sprouting/Sprießend
Bobbing/Wippend Cartwheeling/Radschlagend Snorkelling/Schnorchelnd Faceted/Facettiert
Anchoring/Ankernd Nesting/Nistend Digging/Buddelnd Planting/Pflanzend Watering/Gießend
Composing/Komponierend Conducting/Dirigierend Sculpting/Modellierend Carving/Schnitzend
Kneading/Knetend Decorating/Dekorierend Conjuring/Zaubernd Twining/Rankend Bounding/Hopsend
Beaming/Strahlend Glowing/Glühend Gleaming/Glänzend Shining/Leuchtend Glittering/Glitzernd
Sparkling/Funkelnd Shimmering/Schimmernd Flickering/Flackernd Glimmering/Glimmend
Iridescent/Irisierend Opalescent/Opalisierend Silvery/Silbrig Gilded/Vergoldet Sunlit/Sonnenhell
Moonlit/Mondhell Starlit/Sternenhell Starry/Sternklar Sketched/Skizziert Prismatic/Prismatisch
Crystalline/Kristallin Mirrored/Verspiegelt Illuminated/Beleuchtet Luminous/Lichtvoll
Airy/Luftig Gusty/Böig Snowy/Verschneit Rainy/Regnerisch Cloudy/Wolkig Cloudless/Wolkenlos
Summery/Sommerlich Autumnal/Herbstlich Wintry/Winterlich Maritime/Maritim Mild/Mild
Aromatic/Aromatisch Minty/Minzig Peppery/Pfeffrig Buttery/Buttrig Frothy/Schaumig Flowery/Blumig
Leafy/Belaubt Mossy/Moosig Wooded/Bewaldet Oceanic/Ozeanisch Picturesque/Malerisch
Idyllic/Idyllisch Botanical/Botanisch Floral/Floral Panoramic/Panoramisch Dotted/Gepunktet
Striped/Gestreift Patterned/Gemustert Ornamented/Verziert Adorned/Geschmückt
Embroidered/Bestickt Woven/Gewebt Quilted/Gesteppt Feathered/Gefiedert Winged/Geflügelt
Velvety/Samtig Silky/Seidig Marbled/Marmoriert Engraved/Graviert Fringed/Gefranst
Garlanded/Bekränzt Tiled/Gekachelt Illustrated/Illustriert Costumed/Kostümiert Magical/Magisch
Wondrous/Wundersam Marvelling/Staunend Dreamlike/Traumhaft Cosmic/Kosmisch Lunar/Lunar
Solar/Solar Galactic/Galaktisch Planetary/Planetarisch Orbital/Orbital Interstellar/Interstellar
Magnetic/Magnetisch Electric/Elektrisch Elastic/Elastisch Kinetic/Kinetisch
Acrobatic/Akrobatisch Symmetric/Symmetrisch Geometric/Geometrisch Fractal/Fraktal
Diagonal/Diagonal Radial/Radial Aquatic/Aquatisch Volcanic/Vulkanisch Arctic/Arktisch
Elliptic/Elliptisch Cinematic/Filmisch Mythical/Mythisch Surreal/Surreal Classical/Klassisch
Glad/Froh Pleased/Erfreut Blissful/Glückselig Euphoric/Euphorisch Optimistic/Optimistisch
Impressed/Beeindruckt Fascinated/Fasziniert Nostalgic/Nostalgisch Gentle/Sanft
Soothing/Wohltuend Upbeat/Gutgelaunt Mysterious/Mysteriös Fabled/Sagenhaft Tapdancing/Steppend
Seafaring/Seefahrend Skating/Skatend Sonorous/Sonor Polyphonic/Polyfon Operatic/Opernhaft
Percussive/Perkussiv Syncopated/Synkopiert Abstract/Abstrakt Pictorial/Bildhaft
Ceramic/Keramisch Ribboned/Bebändert Pattering/Prasselnd Citrusy/Zitrisch Satiny/Satiniert
Enlivened/Belebt Fanciful/Fantasievoll Hexagonal/Hexagonal Concentric/Konzentrisch
Polygonal/Polygonal Holographic/Holografisch Luminescent/Lumineszent Chromatic/Chromatisch
Polychrome/Polychrom Optical/Optisch Tectonic/Tektonisch Candlelit/Kerzenhell Filigree/Filigran
Springy/Federnd Rhapsodic/Rhapsodisch Astronomical/Astronomisch Nautical/Nautisch
Oscillating/Oszillierend Typographic/Typografisch
"""

_NOUNS: Final = """
Apple/Apfel/m Apricot/Aprikose/f Quince/Quitte/f Nectarine/Nektarine/f Mango/Mango/f
Papaya/Papaya/f Guava/Guave/f Lychee/Litschi/f Carambola/Karambole/f Dragonfruit/Drachenfrucht/f
Pineapple/Ananas/f Pomegranate/Granatapfel/m Grape/Weintraube/f Blueberry/Heidelbeere/f
Cranberry/Moosbeere/f Lingonberry/Preiselbeere/f Strawberry/Erdbeere/f Raspberry/Himbeere/f
Cloudberry/Moltebeere/f Jostaberry/Jostabeere/f Barberry/Berberitze/f Snowberry/Schneebeere/f
Medlar/Mispel/f Lime/Limette/f Mangosteen/Mangostane/f Physalis/Physalis/f Feijoa/Feijoa/f
Cherimoya/Cherimoya/f Tamarillo/Tamarillo/f Acerola/Acerola/f Aronia/Aronia/f
Tamarind/Tamarinde/f Jackfruit/Jackfrucht/f Breadfruit/Brotfrucht/f Avocado/Avocado/f
Bergamot/Bergamotte/f Tomato/Tomate/f Radish/Radieschen/n Parsnip/Pastinake/f Fennel/Fenchel/m
Shallot/Schalotte/f Chive/Schnittlauch/m Broccoli/Brokkoli/m Cauliflower/Blumenkohl/m
Kohlrabi/Kohlrabi/m Spinach/Spinat/m Lettuce/Kopfsalat/m Endive/Endivie/f Radicchio/Radicchio/m
Watercress/Brunnenkresse/f Sorrel/Sauerampfer/m Artichoke/Artischocke/f Lentil/Linse/f
Lupin/Lupine/f Oat/Hafer/m Spelt/Dinkel/m Amaranth/Amarant/m Sesame/Sesam/m Okra/Okra/f
Cassava/Maniok/m Horseradish/Meerrettich/m Romanesco/Romanesco/m Pistachio/Pistazie/f
Pecan/Pekannuss/f Macadamia/Macadamianuss/f Hazelnut/Haselnuss/f Walnut/Walnuss/f
Beechnut/Buchecker/f Pinecone/Tannenzapfen/m Chanterelle/Pfifferling/m Porcini/Steinpilz/m
Parsley/Petersilie/f Thyme/Thymian/m Oregano/Oregano/m Marjoram/Majoran/m Tarragon/Estragon/m
Chervil/Kerbel/m Coriander/Koriander/m Mint/Minze/f Peppermint/Pfefferminze/f
Savory/Bohnenkraut/n Borage/Borretsch/m Chamomile/Kamille/f Lemongrass/Zitronengras/n
Clove/Gewürznelke/f Nutmeg/Muskatnuss/f Turmeric/Kurkuma/f Sumac/Sumach/m Purslane/Portulak/m
Samphire/Queller/m Yam/Yamswurzel/f Tulip/Tulpe/f Crocus/Krokus/m Snowdrop/Schneeglöckchen/n
Bellflower/Glockenblume/f Sunflower/Sonnenblume/f Dandelion/Löwenzahn/m Marigold/Ringelblume/f
Hydrangea/Hortensie/f Lilac/Flieder/m Wisteria/Glyzinie/f Snapdragon/Löwenmäulchen/n
Larkspur/Rittersporn/m Buttercup/Butterblume/f Primula/Primel/f Geranium/Geranie/f
Begonia/Begonie/f Petunia/Petunie/f Zinnia/Zinnie/f Gladiolus/Gladiole/f Freesia/Freesie/f
Orchid/Orchidee/f Hibiscus/Hibiskus/m Oleander/Oleander/m Bougainvillea/Bougainvillea/f
Gardenia/Gardenie/f Gerbera/Gerbera/f Chrysanthemum/Chrysantheme/f Aster/Aster/f
Cyclamen/Alpenveilchen/n Thistle/Distel/f Teasel/Karde/f Yarrow/Schafgarbe/f Vetch/Wicke/f
Alfalfa/Luzerne/f Bamboo/Bambus/m Lobelia/Lobelie/f Yucca/Yucca/f Agave/Agave/f Aloe/Aloe/f
Cactus/Kaktus/m Arnica/Arnika/f Acacia/Akazie/f Jacaranda/Jacaranda/f Laburnum/Goldregen/m
Forsythia/Forsythie/f Privet/Liguster/m Boxwood/Buchsbaum/m Cosmos/Kosmee/f
Echinacea/Echinacea/f Agrimony/Odermennig/m Tansy/Rainfarn/m Soapwort/Seifenkraut/n
Sundew/Sonnentau/m Gorse/Ginster/m Saxifrage/Steinbrech/m Sedge/Segge/f Amaryllis/Amaryllis/f
Clematis/Klematis/f Ranunculus/Ranunkel/f Hosta/Funkie/f Astilbe/Astilbe/f Bergenia/Bergenie/f
Gazania/Gazanie/f Squill/Blaustern/m Candytuft/Schleifenblume/f Astrantia/Sterndolde/f
Anthurium/Flamingoblume/f Bromeliad/Bromelie/f Strelitzia/Strelitzie/f Protea/Protee/f
Banksia/Banksie/f Echeveria/Echeverie/f Papyrus/Papyrus/m Horsetail/Schachtelhalm/m
Clubmoss/Bärlapp/m Mahonia/Mahonie/f Weigela/Weigelie/f Skimmia/Skimmie/f Viburnum/Schneeball/m
Firethorn/Feuerdorn/m Montbretia/Montbretie/f Cottongrass/Wollgras/n Feathergrass/Federgras/n
Seagrass/Seegras/n Moonflower/Mondwinde/f Rudbeckia/Sonnenhut/m Larch/Lärche/f Spruce/Fichte/f
Cedar/Zeder/f Cypress/Zypresse/f Elm/Ulme/f Poplar/Pappel/f Ginkgo/Ginkgo/m
Eucalyptus/Eukalyptus/m Baobab/Baobab/m Tamarisk/Tamariske/f Mangrove/Mangrove/f
Catalpa/Trompetenbaum/m Dolphin/Delfin/m Penguin/Pinguin/m Puffin/Papageitaucher/m
Flamingo/Flamingo/m Pelican/Pelikan/m Kingfisher/Eisvogel/m Hummingbird/Kolibri/m
Canary/Kanarienvogel/m Butterfly/Schmetterling/m Dragonfly/Libelle/f Firefly/Leuchtkäfer/m
Hedgehog/Igel/m Squirrel/Eichhörnchen/n Otter/Fischotter/m Koala/Koala/m Panda/Panda/m
Zebra/Zebra/n Kangaroo/Känguru/n Wombat/Wombat/m Moose/Elch/m Seahorse/Seepferdchen/n
Gecko/Gecko/m Salamander/Salamander/m Axolotl/Axolotl/m Octopus/Oktopus/m Quokka/Quokka/n
Tapir/Tapir/m Capybara/Capybara/n Ocelot/Ozelot/m Ibex/Steinbock/m Chamois/Gämse/f
Sandpiper/Strandläufer/m Goldfinch/Stieglitz/m Wagtail/Bachstelze/f Curlew/Brachvogel/m
Osprey/Fischadler/m Skylark/Feldlerche/f Warbler/Grasmücke/f Budgerigar/Wellensittich/m
Toucan/Tukan/m Narwhal/Narwal/m Nautilus/Nautilus/m Tern/Seeschwalbe/f Cricket/Grille/f
Okapi/Okapi/n Siskin/Zeisig/m Chaffinch/Buchfink/m Dipper/Wasseramsel/f
Shearwater/Sturmtaucher/m Cicada/Zikade/f Lacewing/Florfliege/f Cornsalad/Feldsalat/m
Arrowroot/Pfeilwurz/f Salsify/Haferwurzel/f Cardoon/Kardone/f Sainfoin/Esparsette/f
Heliconia/Helikonie/f Plumeria/Plumerie/f Godetia/Godetie/f Statice/Strandflieder/m
Strawflower/Strohblume/f Stitchwort/Sternmiere/f Vervain/Eisenkraut/n Arrowhead/Pfeilkraut/n
Buddleia/Sommerflieder/m Goji/Gojibeere/f Watermint/Wasserminze/f
"""


def _adjective(entry: str) -> tuple[str, str]:
    english, german = entry.split("/")
    return english, german


def _noun(entry: str) -> tuple[str, str, str]:
    english, german, gender = entry.split("/")
    return english, german, gender


ADJECTIVES: Final = tuple(map(_adjective, _ADJECTIVES.split()))
"""The adjectives, each in English and as the German stem."""

NOUNS: Final = tuple(map(_noun, _NOUNS.split()))
"""The nouns, each in English, in German, and the German gender: m, f or n."""

NAME_COUNT: Final = len(ADJECTIVES) * len(NOUNS)
"""How many names there are."""

_ENDINGS: Final = {"m": "er", "f": "e", "n": "es"}

_ENGLISH_ADJECTIVES: Final = frozenset(adjective for adjective, _ in ADJECTIVES)
_ENGLISH_NOUNS: Final = frozenset(noun for noun, _, _ in NOUNS)
_ENDING_OF: Final = {german_noun: _ENDINGS[gender] for _, german_noun, gender in NOUNS}
_PART_OF_A_NAME: Final = re.compile(r"[^\W\d_]+")


def name_at(slot: int, language: Language) -> str:
    """Return the name at a place from 0 to `NAME_COUNT` - 1; each place has another name.

    Example:
        >>> from worklog_core.privacy.words import Language, name_at
        >>> name_at(17, Language.ENGLISH), name_at(17, Language.GERMAN)
        ('Hungry Raspberry', 'Hungrige Himbeere')
    """
    of_adjective, of_noun = divmod(slot, len(NOUNS))
    adjective, stem = ADJECTIVES[of_adjective]
    noun, german_noun, gender = NOUNS[of_noun]
    if language is Language.ENGLISH:
        return f"{adjective} {noun}"
    return f"{stem}{_ENDINGS[gender]} {german_noun}"


def is_pseudonym(text: str) -> bool:
    """Tell whether a text is one of the names that the lists make, in either language.

    Example:
        >>> from worklog_core.privacy.words import is_pseudonym
        >>> is_pseudonym("Hungrige Himbeere"), is_pseudonym("Meike Mustermann")
        (True, False)
    """
    adjective, _, noun = text.partition(" ")
    if adjective in _ENGLISH_ADJECTIVES and noun in _ENGLISH_NOUNS:
        return True
    ending = _ENDING_OF.get(noun)
    return ending is not None and any(f"{stem}{ending}" == adjective for _, stem in ADJECTIVES)


def words_in_names(names: Iterable[str], *, language: Language | str = "en") -> tuple[str, ...]:
    """Return the words of the lists that are also part of somebody's real name, in order.

    A host asks before it settles on a language: beside a colleague called Appleby Apple, the name
    "Hungry Apple" reads like a hint. Case and the endings of German adjectives make no difference.
    The names are in no error.

    Example:
        >>> import worklog_core.privacy as privacy
        >>> privacy.words_in_names(["Meike Mustermann", "Appleby Apple"])
        ('Apple',)
    """
    chosen = parse_choice(Language, language, "language")
    given: Any = names
    if isinstance(given, str | bytes) or not hasattr(given, "__iter__"):
        raise WorklogError(
            f"names must be an iterable of str: found {type(given).__name__}. "
            "Put a single one in a list.",
            field="names",
        )
    parts: set[str] = set()
    for name in given:
        if not isinstance(name, str):
            raise WorklogError(
                f"names must be str: found {type(name).__name__}. Leave out who has no name.",
                field="names",
            )
        parts.update(_PART_OF_A_NAME.findall(unicodedata.normalize("NFC", name).casefold()))
    return tuple(sorted(word for word, forms in _forms(chosen) if not parts.isdisjoint(forms)))


def _forms(language: Language) -> list[tuple[str, list[str]]]:
    """Return every word of a language with all it is written like, caseless."""
    if language is Language.ENGLISH:
        return [(word[0], [word[0].casefold()]) for word in (*ADJECTIVES, *NOUNS)]
    endings = ("", *_ENDINGS.values())
    stems = [(stem, [stem.casefold() + ending for ending in endings]) for _, stem in ADJECTIVES]
    return [*stems, *((noun, [noun.casefold()]) for _, noun, _ in NOUNS)]
