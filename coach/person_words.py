"""How people speak of themselves, as patterns for coach/person.py, and what is never kept of it. Data only."""

from __future__ import annotations

import re
from functools import partial

_re = partial(re.compile, flags=re.IGNORECASE)

PRIVATE = _re(
    r"\b(?:ill|illness\w*|sick\w*|medical leave|disease\w*|cancer|chemo\w*|tumou?rs?|diagnos\w*|disab\w*|wheelchair|adhd|autis\w*|asperger\w*|dyslexi\w*|bipolar|depress\w*|anxi\w*|panic\w*|"
    r"burn(?:t|ed|ing|s)?[- ]?out|stress\w*|therap\w*|medicat\w*|psych\w*|trauma\w*|ptsd|ocd|hiv|diabet\w*|epilep\w*|surger\w*|injur\w*|pain|migraine\w*|mental\w*|(?:my|poor|bad|ill) health|"
    r"addict\w*|alcohol\w*|rehab|suicid\w*|tired|exhaust\w*|overwhelm\w*|cry\w*|hopeless|miserable|desperate|scared|afraid|worthless|grie\w+|pregnan\w*|miscarr\w*|ivf|fertility|menopaus\w*|"
    r"religio\w*|muslim\w*|islam\w*|christian\w*|catholic\w*|jew\w*|hindu\w*|buddhis\w*|sikh\w*|atheis\w*|church|mosque|synagogue|pray\w*|ramadan|sabbath|shabbat|ethnic\w*|rac(?:e|ial|is[mt])|"
    r"black|asian|african|latin[oax]|hispanic|arab\w*|gay|lesbian|bisexual|queer|trans(?:gender)?|lgbt\w*|sexual\w*|politic\w*|convict\w*|criminal|unions?|unioni[sz]ed|works council)\b"
)  # fmt: skip
# Behind the first the rest of the message is supposed; behind the second the rest of the sentence is a condition or somebody else's.
SUPPOSED = _re(r"\b(?:suppos(?:e|ing)|assum(?:e|ing)|say|let'?s say) (?:that )?(?:i|we|my)\b|\b(?:imagine|pretend|role-?play|hypothetical\w*|what if)\b")  # fmt: skip
UNREAL = _re(r'\b(?:if|when|once|whenever|unless|until|whether|wish|said|says?|told|tells|thinks?|claims?|wrote|writes|asks|asked)\b|["“”«»]')  # fmt: skip
# "As a group PM in a bank I struggle" tells a role; "as a VP, what would I do" does not.
AS = _re(r"^as (an?\s[^,?]+?),? (?=i\b(?!'d|'ll))(?!.*\b(?:would|could|should|will|might|shall)\b)")
SENTENCE = _re(r"(?<![sj]r\.)(?<=[.!?…]) ")
# Where a clause ends: behind it another one, a reason or a question begins, or one whose subject is left out ("and want to ...").
BOUNDARY = _re(
    r"(\s*[;()]+\s*|[,:] | [-\u2013\u2014]+ | (?:because|due to) | (?=(?:how|what|which|why|(?:should|can|could|do|would|will) i)\b)"
    r"| (?:and|but|so|since|although|though|while|or|plus|yet) (?=(?:now )?(?:im|ive|i|we|my|our)\b)"
    r"| (?:and|but|or) (?=(?:want|hope|hoping|plan|aim|would|looking|trying|need|can'?t|cannot|can|don'?t|do not|have|only|lead|manage|run|work|been|never|no)\b))"
)  # fmt: skip
_ADVERBS = r"(?:(?:currently|now|still|just|only|already|also|actually|really|recently|finally|mostly|simply|ultimately|eventually|always|fully) )*"
OPENING = _re(
    r"^(?:(?:hi|hey|hello|there|coach|so|ok|okay|well|also|and|but|because|since|as|given|that|plus|currently|now|right now|at the moment|today|honestly|btw|fyi|for context|personally|ideally"
    r"|although|though|while|yes|yeah|no(?= i)|sorry|thanks|unfortunately|sadly|actually)\b[\s.!]*)*"
    rf"(?:(?P<am>i ?'? ?m\b|i am\b)|(?P<have>(?:i ?'? ?ve|i have)\b(?: got\b)?)|(?P<would>i'?d\b)|(?P<i>i\b)|(?P<are>we ?' ?re\b|we are\b)|(?P<my>(?:my|our|we)\b))?\s*{_ADVERBS}"
)  # fmt: skip
SUBJECTS = {"am": "I am ", "have": "I have ", "would": "I would ", "i": "I ", "are": "we are "}

_ROLE = "§+"  # roles are masked, character by character, before a clause is read
PROFESSION = _re(
    r"\b(?:(?:software|engineering|senior|lead|staff|data|ux|product|project|program(?:me)?|marketing|sales|account|business|qa|technical|customer success|design|operations) )*"
    r"(?:engineer|developer|designer|consultant|analyst|marketer|(?:co-?)?founder|scientist|manager|researcher|architect|recruiter|teacher|lawyer|accountant|student|nurse|ceo|cto|coo|cmo"
    r"|(?:product|business) owner|scrum master|(?:product|team|tech|design|engineering) lead)s?\b"
)  # fmt: skip
_WORD = r"(?!(?:former|ex|aspiring|wannabe|would-be|future|potential|retired|not|of|to|for|by|with|than|like|as|from|about|in|at|on|and|or|the|an|(?-i:a)|my|your|his|her|their|our|this|who|that)\b)[\w.,&'/+-]+"  # fmt: skip
_ON = r"(?=$| (?:at|in|for|with|w|on|where|who|that|which|and|but|to|from|near|since|after|before|within|by|under|until|without|last|next|this|one|someday|soon|instead|of (?=an?\b|my\b)|so|now|right|today|currently|working|leading|running|trying|looking|hoping|reporting|based|myself|too|already|btw|again|here|doing|as|called|\d+)\b)"  # fmt: skip
_NAMED = rf"(?:(?:an?|the) (?:{_WORD} ){{0,3}})?(?P<role>{_ROLE}){_ON}"
_COUNT = r"(?:(?:about|around|over|almost|nearly|roughly|some|more than|less than|under|only|just|at least|up to) )*(?:[\d~][\d,.]*k?\+?(?: ?- ?\d+)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|(?:a )?couple(?: of)?|several|a few)\s*"  # fmt: skip
_YEARS = rf"(?P<years>{_COUNT}(?:years?|yrs?|yoe)\b)(?! (?:ago|old|older|younger|left|to|away|from|later|before|until|behind|contract|plan|visa)\b)"
_SIZE = rf"{_COUNT}(?:people|persons|employees|staff)"
_KIND = r"(?:start-?up|scale-?up|bank|hospital|agency|corporation|corporate|enterprise|non-?profit|ngo|charity|university|school|clinic|insurer|retailer|operator|telco|consultancy|studio|publisher|manufacturer|airline|utility|marketplace|unicorn|multinational|government|ministry|public sector|saas|\w*tech|retail|banking|insurance|healthcare|e-?commerce|gaming|telecoms?|logistics|consulting|automotive|energy|pharma|media|education|finance)"  # fmt: skip
_FIRM = r"(?:company|firm|business|organi[sz]ation|org|employer|shop)"
_COMPANY = rf"(?:an? )?(?P<company>(?:(?:{_WORD} ){{0,5}}?{_KIND}|(?:{_WORD} ){{1,5}}?{_FIRM}|{_FIRM}(?= (?:with|of) {_SIZE}))(?: (?:with|of) {_SIZE})?){_ON}"
_NAME = r"(?P<company>(?-i:[A-Z][\w&.-]+(?: [A-Z][\w&.-]+)*))"
_THING = rf"(?:(?:{_ROLE}|leadership|management|executive|product)(?: (?:jobs?|roles?|positions?|levels?|titles?|track|team))?|jobs?|roles?|positions?|promoted|promotion|c-suite|start-?up|team|career|company){_ON}"
_SMALL = r"(?:(?:an?|the|my|own|first|next|hired|made|back|over|to|into|in|up|as|on|from|good|great|better|new|bigger|senior|another) ){0,5}"
_CHANGE = rf"(?:be|become|get|make|move|reach|grow|step|land|lead|run|switch|transition|go|return|change|start|found|join|stay|advance|rise|find) {_SMALL}{_THING}.*"
_BIND = r"(?:(?:relocate|travel|commute|afford|quit|change jobs?|study|fly|drive|pay|manage people|lead people)\b|(?:mov(?:e|ing)|leave|switch|spend)\b(?! (?:up|forward|on|past|ahead|the|any|it|this|that|him|her|them)\b)|work\b(?! (?:out|with))|take (?:time|leave|a pay|courses?)|go (?:back|abroad|full)|do (?!this|that|it\b|anything|my)\w)"  # fmt: skip
_LACKED = rf"(?:{_WORD} ){{0,2}}?(?:mba|degree|visa|permit|budget|money|savings|time|background|network|experience|mentor|sponsor|reports|childcare|team|car|relocation|travel){_ON}"
_TIES = rf"(?:kids?|child(?:ren)?|bab(?:y|ies)|toddlers?|famil(?:y|ies)|mortgage|notice period|non-?compete|visa|parents?|dependents?){_ON}"

# Each line reads a clause from its subject on; a subject that was left out is put in.
RULES = tuple(map(_re, rf"""
I am {_NAMED}
I (?:am |have )?(?:been )?(?:work|serv|employ)(?:e|ed|ing)? as {_NAMED}
I (?:have )?been {_NAMED}
I (?:have )?(?:(?:got|was|been) {_ADVERBS}promoted to|became) {_NAMED}
my (?:current |job |official )*(?:title|role|job|position) is {_ADVERBS}{_NAMED}
I (?P<team>(?:lead|manage|run|head|oversee) (?:a (?:team|group) of )?(?!an? §){_COUNT}(?:{_WORD} )??(?:{_ROLE}|people|reports|teams|squads)){_ON}
I (?P<team>(?:lead|run|head) product)(?=$| (?:at|for|in)\b)
I (?:have )?(?:(?:spent|worked|with|w) )?{_YEARS}(?=$| (?:of (?:[\w-]+ ){{0,2}}?experience|in|as|experience|exp|doing|working)\b|(?<=yoe))
I (?:have )?(?:been (?:working\b|in (?:product|tech|software|management|th(?:e|is) (?:industry|field|role|job))\b)|worked(?= in\b))
I (?:am )?(?:work|working|employed)(?= (?:at|in|for) )
I (?:am )?(?:at|in) {_COMPANY}
I (?:am )?at {_NAME}
(?:we are|(?:my|our) (?:{_FIRM}|{_KIND}) is) {_ADVERBS}{_COMPANY}
(?:we are|we have|(?:my|our) (?:{_FIRM}|{_KIND}) (?:is|has|employs)) (?P<size>{_SIZE})(?=$| (?:and|but|now|in total|total|worldwide|globally)\b)
I (?:am )?(?:(?:want|would like|would love|hope|hoping|plan|planning|intend|aim|aiming|aspire|aspiring|need|looking|try|trying|working|going) to|wanna) (?P<goal>{_CHANGE})
I am (?:aiming|looking|working|preparing) (?:for|towards?) (?P<goal>{_SMALL}(?:{_WORD} ){{0,2}}?{_THING}.*)
my (?:\S+ ){{0,2}}?(?:goal|dream|aim|ambition|plan|target|objective|aspiration) is (?:to (?=\w)|(?={_SMALL}{_THING}))(?P<goal>.+)
I (?:am )?(?P<constraint>(?:can'?t|cannot|can not|can only|unable to|not able to|won'?t be able to|(?:don'?t|do not) want to) {_ADVERBS}{_BIND}.*)
I (?P<constraint>(?:don'?t have|do not have|haven'?t got|have no|lack|no) (?:an? |any |the )?{_LACKED}.*)
I (?:have )?(?P<constraint>never (?:managed|led|hired|run|owned|presented|worked|had)\b.*)
I have (?P<constraint>{_COUNT}(?:hours?|hrs?|days?|evenings?) (?:an?|per|each|every) \w+\b(?! of\b).*)
I have (?P<constraint>(?:{_COUNT})?(?:{_WORD} ){{0,2}}?{_TIES}.*)
my (?P<constraint>(?:\w+ )?budget (?:for .* )?is .*\d.*)
I am (?P<constraint>on (?:(?:parental|maternity|paternity|family|garden(?:ing)?) leave|an? (?:\S+ )?(?:sabbatical|visa|notice|contract|career break)){_ON}.*)
I (?:am |work |working |(?:need|have|prefer|want) to )+(?P<constraint>(?:(?:stay|remain|work|be) )?(?:part[- ]time|remote(?:ly)?|from home)\b.*)
""".strip().splitlines()))  # fmt: skip
# What the rest of a clause may add, as far as it names nobody else.
MORE = tuple(map(_re, (rf"^\s*(?:(?:.*?\b(?:for|of|having)|.*\b(?:with|w)) )?{_YEARS}", rf"\b(?:at|in|for) {_COMPANY}", rf"\bat {_NAME}")))  # fmt: skip
AS_ROLE = _re(rf"^[^§]*?\bas {_NAMED}")
# How a sentence begins that only says who its writer is or wants to be; a goal is one only behind another of these.
INTRODUCTION = _re(
    r"(?:(?:hi|hello|hey|hallo)\b[\s\w]*[,!.]\s*)?(?:so,? |ok,? |well,? )?(?:i(?:'m|m| am|'ve been|ve been| have been| was| work| lead| run| manage| became| got| started| just (?:became|got|started))"
    r"|my (?:name|role|title|job)(?: is|'s)|as an?|currently|just (?:became|got|started|promoted)|(?:[\w-]+[ ,]+){1,4}here)\b"
)
NAME = re.compile(
    r"(?<=\b[Ii]'m )[A-Z][a-z]+(?: [A-Z][a-z]+)?(?=[,.!]| and\b)|(?<=\b[Ii] am )[A-Z][a-z]+(?=[,.!])|\b[A-Z][a-z]+(?= here\b)|(?<=[Mm]y name is )[A-Z][a-z]+"
)
# A question that points at what an introduction tells of needs it.
POINTS_BACK = _re(r"\b(?:they|them|their|theirs|there|here)\b")
