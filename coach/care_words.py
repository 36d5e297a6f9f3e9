r"""The words by which coach/care.py knows distress: phrase families as data, from general clinical and everyday knowledge.

Phrases are regular expressions over the normal form that `coach.care.normal` makes: lower case, no apostrophes ("dont"), no filler words
("just", "really"), one spelling for contractions ("im", "ive", "cant") and for "noone", "everyone", "anymore", "want to". Each line of a
family is one alternative and stands between word boundaries.

Strength: 4 suffices alone; 3 says it nearly always; 2 often; 1 is a hint that counts only beside others. Idioms are cut out of the text
before any family is looked up, so "kill the feature" and "die of shame" never reach the crisis families.
"""

from __future__ import annotations

from typing import NamedTuple


class Family(NamedTuple):
    """Phrases that mean the same: what they speak for, and how clearly."""

    name: str
    kind: str
    strength: int
    phrases: str


_KIN = r"(?:mother|father|mum|mom|mama|dad|parents?|brother|sister|wife|husband|partner|son|daughter|baby|child|kids?|friend|girlfriend|boyfriend|gf|bf|fianc\w+|grand\w+|twin|cofounder|founder|dog|cat)"
_LOVER = r"(?:husband|wife|partner|boyfriend|girlfriend|gf|bf|ex|fianc\w+|father|dad|stepdad|roommate)"
_THEM = r"(?:everyone|they|them|(?:my |the )?(?:family|kids|wife|husband|team|world|children|parents|people|company|partner|mum|mom|daughter|son))"
_GROUP = r"(?:pregnant|(?:a |the only )?(?:woman|girl|female|mother|black|asian|indian|african|latin\w*|foreign\w*|muslim|jew\w*|hindu|sikh|gay|lesbian|queer|trans|bi|disabled|autistic|deaf|old|older|too old|immigrant))"

# What a word of product work or of everyday talk means nothing by. Cut out first.
IDIOMS = r"""
(?:want to|could have|couldve|nearly|almost|would|going to|could|about to) di(?:e|ed) (?:of|from|with) (?:shame|embarrassment|boredom|laughter|laughing|cringe|curiosity|happiness)
(?:nearly |almost )?(?:die|died|dying|dead) (?:of|from|with) (?:shame|embarrassment|boredom|laughter|laughing|cringe|curiosity)
want to die (?:lol|haha+|lmao)
(?:im|id be|was) dying to
dying (?:to|for a|for the|of laughter|laughing|of embarrassment|inside lol|product\w*|feature\w*|market\w*|industr\w*|project\w*|compan\w*)
to die for
(?:do|live) or die
die on (?:this|that|the|a|which|every)? ?hill
(?:which |what |a |the |that |this )?hills? (?:to|should|i|id|would|worth|\w+ pms?) ?(?:a |the )?(?:\w+ )?(?:will |would |to )?d(?:ie|ying) on
(?:ideas?|features?|products?|projects?|deals?|roadmaps?|tickets?|emails?|leads?|initiatives?|experiments?|threads?|tools?|it) (?:will |would |that |to |can |have |has |often |always |usually |slowly |quietly )?(?:die|died|dies|dying)
die (?:in|on) (?:spam|committee|the backlog|the vine|review|meetings?|jira|production|beta)
kill(?:ed|ing|s)? (?:it|off|two birds|the (?!pain)\w+|a \w+|an \w+|our (?!self)\w+|this \w+|that \w+|my (?!self|life|kids|family|wife|husband|child|boss)\w+|your \w+|time|features?|projects?|products?|meetings?|ideas?|velocity|conversion|retention|morale|momentum|criteria|switch\w*|for a|for that|for an)
kill(?:er|switch)
(?:is|are|was) killing (?:our|us|the|my (?:team|velocity|roadmap|product|conversion|motivation|calendar))
kill me now
(?:will|would|going to|might|may) kill me (?:if|when|for|i|because|over)
(?:lead|boss|manager|cto|ceo|cfo|team|wife|husband|mom|mum|engineers?|designer|everyone|they)(?: will|ll|s going to| is going to| would) kill me
kill(?:ed|ing)? myself (?:laughing|to (?:hit|meet|get|ship|finish|deliver|make|please)|over (?:a|this|the) (?:deck|slide|spec|deadline|launch))
shoot(?:ing)? (?:myself|ourselves|himself|themselves|yourself|us) in the foot
shot (?:myself|ourselves) in the foot
shoot (?:the messenger|down|me (?:a|an|over|your|some))
stab(?:bing)? (?:at|in the dark)
(?:cut|cutting) myself (?:off|some slack|short|out|a deal|loose)
(?:beat|beating|kick|kicking|flog\w*) (?:myself up|myself|a dead horse) ?(?:over|about|for|up)?
hurt(?:ing)? (?:myself|me) (?:by|in (?:the )?(?:interview|negotiation|process|review)|professionally|career wise|long term|with recruiters)
hurt(?:s|ing)? (?:my (?:chances|career|cv|resume|brand|odds|offer|growth|credibility)|the|our|conversion|retention|sales)
(?:career|professional|commercial|political|brand|product|corporate|startup|financial|market) suicide
suicide (?:mission|deadline|pact with|prevention|hotline|release|sprint)
(?:colleague|coworker|employee|user|member|client|patient|someone)s? suicide
end (?:it|things|the (?:call|meeting|contract|sprint)) (?:early|politely|on a|gracefully|with (?:a|the|my|this)|there)
jump(?:ing|ed)? (?:off|out of|from|ship|into|to|at|on|in)? ?(?:out )?(?:the|a)? ?(?:of the )?(?:call|window (?:lol|haha|if|when)|deep end|role|roles|industr\w+|ship|to conclusions|straight|bandwagon|company|companies|job|jobs|product|startup|faang|opportunity|chance)
jump out of the window
(?:at the )?deep end
bridg(?:e|ing) (?:the|that|this|a|between) ?(?:gap|role|\w+ and)?
burn(?:ing|ed|t)? (?:bridges?|a bridge|the bridge|rate|down|multiple|through|cash|runway|chart)
slow burn
hurt(?:s|ing)? me (?:in (?:the|an|my|this|that) (?:job|interview|process|review|long|role|career|negotiation)|with (?:the )?(?:recruiters?|stakeholders?))
dying a (?:slow )?death
hung out to dry|up in flames|die happy|crime scene|train wreck|(?:second|third) thoughts|eat my hat
is it suicide to
ready to (?:go (?:live|to market|on)|ship|launch|return)
burn(?:down|up) ?(?:chart)?
bleed(?:ing)? (?:users|money|cash|customers|edge|revenue|talent)
bleeding edge
drown(?:ing|ed)? in (?:tickets|meetings|emails?|data|feedback|requests|jira|slack|dashboards|requirements|bugs|backlog|docs|notifications|work|spreadsheets|feature\w*|stakeholder\w*)
sink or swim
(?:war|death) (?:room|march|spiral|star|by (?:\w+ )?\w+)
post mortems?
pre mortems?
dead(?:line|lines|lock| end| weight| on arrival| wood| code| spot| zone| in the water| simple| serious| last| horse| cat)s?
(?:roadmap|product|feature|project|agile|scrum|mvps?|waterfall|nps|idea|deal|startup|backlog|market|okrs?|industry|role|it|pm|job)s? (?:is|are|was|were|isnt|arent|as good as) (?:\w+ )?dead
(?:is|are) (?:product|agile|scrum|the pm|the roadmap|waterfall|\w+ management) (?:\w+ )?dead
(?:haha |lol )?im dead(?: lol| haha)
(?:im )?dead inside lol
haha im dead
(?:nearly|almost|practically) (?:finished|killed|broke|did) me (?:off|in)
finished me off
murder(?:ed|s|ous|ing)?
(?:death|end) of (?:me|a product|product|agile|scrum|the (?:pm|product|roadmap|mvp|line|sprint|quarter))
(?:will|going to) be the death of me
near death
(?:on )?life support
at deaths door
(?:cry|crying|cried|weep\w*|tears) (?:with|of|from) (?:laughter|laughing|joy|happiness)
(?:laugh\w*|happy) (?:until|till) (?:i|we) (?:cried|cry)
happy tears
cry(?:ing)? (?:wolf|foul|over spilt milk|lol|haha)
cry for help from (?:our|the|my)
panic button
(?:dont|not|no|didnt|without) panic\w*
blood ?bath
out for blood
sweat blood
toxic (?:metric|positivity|asset|debt)\w*
poison pill
pull(?:ed|ing)? the (?:plug|trigger)
bite the bullet
silver bullet
bullet ?(?:points?|proof)
rip the band aid
fall on my sword
under the bus
on (?:fire|its last legs)
los(?:e|ing) (?:my|our|your) minds? (?:over|about|with|at|because of) (?:\w+ )?(?:jira|slack|permissions|excel|figma|confluence|spreadsheet\w*|tool\w*|naming|button\w*|meeting\w*)
(?:brain|head) is fried
hell(?:ish)?
tear(?:ing|s)? (?:us|it|them|my \w+|the \w+) apart
tore (?:us|it|my \w+|the \w+) apart
(?:glutton for )?punishment
hang(?:ing)? (?:by a thread|in there|up|out|on)
(?:wanted|want) to (?:strangle|throttle) (?:my )?(?:calendar|laptop|jira|\w+)
(?:chew|eat) glass
(?:floor|ground|earth) to (?:swallow|open)
swallow me
hit(?:s|ting)? (?:me (?:with|up|hard that)|home|the ground|the wall|a wall|a ceiling|the ceiling|a plateau|our|my (?:target|number|goal|okr)\w*|targets?|goals?|numbers?|rock)
throw(?:ing|n|s)? (?:me|us|him|her) (?:off|under|a bone|in at)
threw (?:me|us) (?:off|under|a bone|in at)
push(?:ed|es|ing)? me (?:to|towards|for|into (?:a|the|project|product)|out of my comfort)
grab(?:bed|s)? (?:me|my) (?:a coffee|for a|attention|after)
touch(?:ed|ing)? (?:base|me (?:deeply|that))
follow(?:ed|s|ing)? me (?:on (?:linkedin|twitter|x)|up)
(?:chase|chased|chases|chasing) me (?:for|about|on|up)
alive and (?:well|kicking)
(?:keep|keeping|kept|stay\w*) (?:the|a|our|my|this|it) (?:\w+ )?alive
liv(?:e|ing) in (?:excel|jira|slack|figma|meetings)
broken (?:process\w*|backlog|build|link\w*|roadmap|system|culture|org\w*|product|feature\w*|flow|funnel|onboarding|metrics?|english|down)
break(?:s|ing)? (?:it |this |them |things )?down (?:the|a|into|by|how|my|our|your|for|problems?|epics?|work|stor\w+|goals?|complex\w*|silos?)
breakdown of
(?:work|cost|time|revenue|channel|communication|salary|process) breakdown
pain ?points?
(?:lack|loss) of (?:ownership|context|data|trust|focus|market|revenue|users)
"""

FAMILIES = (
    Family("suicide", "crisis", 4, r"""
(?:kill|kil|killing|hang|hanging|hanged|hung|shoot|shooting|drown|drowning|poison\w*|unalive|unaliving|offing|delete|deleting|erase|erasing|gas|gassing|jump|stab|stabbing) (?:my ?self|me self|mysel|meself)
kms
unaliv\w+
sewers?lide
killed myself
end(?:ing|ed)? (?:my|this|my own|my whole) (?:own )?li[fv]e
(?:take|taking|took|taken) my (?:own )?life
(?:want|wants|wanted|wanting|going|ready|decided|like|love|planning|plan|tempted|try|tried|need) to (?:end it(?: all)?|die|be dead|ctb)
(?:thinking|think|thought|dream\w*|fantasi\w*) (?:of|about) (?:ending it(?: all)?|dying|being dead|suicide|killing|death)
end(?:ing)? it all
(?:have|having|had|with|my|these|constant|the) su[iu]?[sc]+[iu]?d\w* (?:thou\w+|tho\w+|ideation|feelings|urges)
(?:im|am|i feel|feeling|ive been|been|i was|getting|become|became) (?:\w+ )?su[iu]?[sc]+[iu]?dal
su[iu]?[sc]+[iu]?dal (?:again|thou\w+|tonight|since|because|for)
(?:commit|committing|attempted|attempting|considering|contemplat\w+|my) su[iu]?[sc]+[iu]?de?
suicide attempt
wish (?:that )?i (?:was|were|wasnt|werent|could be|had|hadnt|never) (?:be |been |was )?(?:dead|born|alive|never born|not born|here anymore)
(?:id )?rather (?:be dead|die than|not (?:be alive|exist|wake up|live|be here anymore))
(?:better off|happier|easier) (?:dead|without me|with me (?:dead|gone)|if i (?:was|were|am|wasnt|werent|didnt|had never) ?(?:not )?(?:dead|gone|here|alive|around|exist|been born)?)
dont want to (?:live|be alive|exist|wake up|be here anymore|go on living|keep living|be around anymore|be on this (?:earth|planet))
want (?:not to|to not|to never|to stop|to cease) (?:be alive|exist\w*|wake up|living|being alive|live|breathing|be here anymore)
(?:no|any|what|find|find a|have|out of|lost the|lost my|without the|not much|no more) (?:will|reasons?|point|desire|purpose) (?:is there |left )?(?:to|in|for|of) (?:keep |stay |go on |staying |being |still |me to )?(?:live|living|existing|exist|alive|go on|going on|staying alive|being here|breathing|stay alive|be alive)
reasons? (?:to|for) (?:stay\w*|being|be|keep\w*) alive
(?:not|isnt|hardly) worth (?:living|being alive|staying alive)
(?:tired|sick|exhausted|done|finished|weary|over|fed up) (?:of|with|by) (?:being alive|living|life|existing|my life|existence)
cant (?:live|go on living|keep living|stay alive)(?: anymore| like this| with myself)?
(?:self ?harm\w*|selfharm\w*) (?!posts|content|detect\w*|polic\w*|prevent\w*|report\w*)
(?:cut|cuts|cutting|hurt|hurting|harm|harming|burn|burning|burned|scratch\w*|starv\w+|slash\w*|injur\w+|hit|hitting|punch\w*) myself
(?:urge|urges|want|going|plan|need) (?:to )?(?:hurt|harm|cut|kill) (?:my|me)\w*
(?:dont|not|never|wont|no longer) (?:feel |be )?(?:safe|trust myself) (?:with|around|being|to be|left) (?:myself|alone|on my own)
sleep(?:ing)? forever
(?:go to sleep|fall asleep|sleep) and (?:not|never) (?:wake|have to wake)
(?:hope|hoping|pray|praying|wish|wishing|prefer|rather|better|like|love) (?:\w+ ){0,4}(?:not|never|dont|wont|didnt|doesnt|wouldnt) (?:to )?(?:wake up|wake|exist|be alive)
(?:handful|bottle|all|box|packet|lot) of (?:my |the |her |his )?(?:\w+ )?(?:pills|tablets|paracetamol|meds|tylenol|painkillers)
(?:overdos\w+|od on)
(?:in front of|under) (?:a|the|that|my) (?:train|tube|bus|lorry|truck|metro|tram|car|subway)
jump(?:ing)? (?:off|from) (?:the|a|my|this|that|our) (?:\w+ )?(?:roof|bridge|building|balcony|cliff|ledge|floor)
slit(?:ting)? my (?:wrists?|throat)
su[iu]?[sc]+[iu]?de? note
(?:taking|take|took|swallow\w*|down|downing|eat) (?:\w+ ){0,2}(?:all|whole|entire|every|the rest) (?:\w+ ){0,5}(?:pills|tablets|medication|meds|insulin|morphine|bottle)
pumped my stomach|stomach pumped
(?:carry on|keep|go on|continue|stop|quit) breathing
(?:my )?last (?:day|days|week|night|month|hours) (?:on earth|alive|of my life|here on earth)
my heart to (?:stop|give out)|wont be in this world|not be in this world|leave this (?:world|earth)|depart this life
(?:carv\w+|slic\w+|slash\w*|cut|cutting|cuts|scratch\w*|burn\w*|stab\w*|prick\w*) (?:\w+ ){0,4}(?:my|own) (?:skin|legs?|arms?|wrists?|thighs?|flesh|veins?|stomach)
(?:to be|being|be|am|im) dead (?:before|by|soon|anyway|and|within|next)
"""),
    Family("no longer be", "crisis", 3, r"""
(?:not|never|wont|dont|didnt|wouldnt|doesnt|without) (?:to )?(?:wake up|waking up|wake)(?: tomorrow| again| anymore)?
disappointed (?:to|i|that i) (?:wake|woke|waking|am still|im still)
be(?:ing)? (?:dead|alive|gone forever|gone for good|six feet under|under the ground|buried)
(?:was|were|werent|wasnt|am|im|still|stay|staying) alive
(?:if|when|once|after|that|until) (?:i|im|id|ive) (?:\w+ ){0,2}(?:dead|die|died|gone|not here|no longer here|disappear|disappeared|vanish|vanished|stopped existing|werent here|wasnt here|werent around|wasnt around)
(?:notice|care|miss me|mourn|sad|relieved|cope|manage) (?:\w+ )?(?:if|when|once) (?:i|im) (?:\w+ )?(?:was|were|am|died|disappeared|vanished|wasnt|werent|dead|gone)
i want (?:out|to disappear|to vanish|to be gone|to fade|to stop existing|it to be over|it all to stop)
(?:stop|keep|cease|not|to|go on) exist(?:ing)?
(?:never|not) (?:been )?born
(?:want|wanting|wanted|wish|need|ready|like|rather|could|going) (?:to |i could |i )?(?:disappear|vanish|be gone|fade away|evaporate|not be|not exist|go to sleep|cease|be over|leave this (?:world|life)|leave everything|end things|end it|stop living|stop being)
end(?:ing)? (?:things|it) (?!up|with|on|off|in|early|well|differently)
disappear(?:ing)? (?:forever|completely|for good|would|from)
remove myself
(?:world|family|kids|everyone|they|people|them|team|house|place) (?:\w+ ){0,5}(?:without me|if i wasnt|if i werent|when im gone)
without me (?:in it|here|around|in the picture|anyway)
(?:wont|not going to|dont (?:plan|intend|expect|think) (?:on|to|ill|i will)|never|if ill|whether ill|if i|not sure ill|dont) (?:be |being |still |see|live|to |make it |going to )+(?:here|around|alive|a problem|the new year|next|to see|four|another|much longer|christmas|my next birthday|through the|to (?:the|christmas|next|spring|summer|friday|monday))
(?:see|make it to|make it through|be here|last until|around for) (?:the )?(?:new year|christmas|tomorrow|next (?:year|birthday|week|month)|the (?:weekend|night|morning|end of)|my next birthday|tonight)
(?:wont|not going to|not|dont) (?:be )?needing? (?:it|them|that|any|a job) (?:where|anymore|much)
(?:dont|not|no longer) (?:intend|plan|planning|want|expect)\w* (?:to|on) (?:live|living|be around|being around|being here|survive|surviving|grow old)
(?:exit|out|quit|leave|leaving|done|give up|giving up|given up|checking out|finished|resign|resigning) (?:with |from |on |of |this )?(?:life|living|the world|this world|existence)
(?:check|checking|checked) out (?:for good|permanently|early|forever)
(?:not|isnt|dont mean) (?:\w+ ){0,4}(?:work|company|job|career) (?:\w+ )?(?:but )?(?:i mean )?(?:my )?life
not (?:from )?(?:the|this|my) (?:company|job|office|work) ?[.] (?:gone|life|this world|everything)
by here i (?:dont|do) mean
(?:permanently|for ever|once and for all) (?:gone|over|out|asleep)
(?:want|need|make|making|to) (?:it|this|the pain|everything|the noise|my head|the thoughts) (?:\w+ )?(?:to )?(?:stop|end|be over|go away)(?: for good| forever| permanently)?
not (?:to )?be (?:here|around) (?:anymore|tomorrow|much longer)
be here anymore
(?:dont|didnt) (?:want to|deserve to|need to|know if i want to) (?:be here|live|be alive|exist|breathe|carry on|go on)
(?:deserve to|should|better if i|why didnt i|wish i had|hope i|let me|i could|i should) (?:\w+ )?(?:die|died|be dead|have died)
(?:no longer|not|stopped being) (?:afraid|scared) (?:of|to) (?:dying|death|die)
look(?:ing|s)? forward to (?:it|dying|death) ?[.]? ?$
(?:picture|pictur\w+|imagin\w+|think\w* (?:of|about)|thought (?:of|about)|dream\w* (?:of|about)|fantasi\w+ (?:of|about)|plan\w*) (?:my (?:own )?(?:funeral|death)|dying|being dead|not being (?:here|around|alive)|letting go|crash\w+|driving (?:off|into)|driv\w+ (?:\w+ ){0,3}(?:wall|tree|river|bridge)|jump\w+|how i would do it|how id do it|ways)
(?:drive|driving|steer|steering|swerve|swerving|crash\w*) (?:my car |the car )?(?:off|into) (?:a|the|oncoming|that)
(?:truck|car|bus|train|lorry|van) (?:would |will |to )?(?:hits?|runs? over|flattens?|takes? out) me
(?:hit|run over|flattened|killed) by a (?:truck|car|bus|train|lorry|van)
(?:no|any) (?:version of )?(?:the )?future (?:\w+ )?(?:with|that has|including|where i|for) me|no more (?:mornings|days|tomorrows|birthdays)|no tomorrow
(?:live|living|see myself|life|alive|lasting|make it|get) (?:\w+ )?past (?:the |this |my |next )?\w+
(?:leave|leaving) (?:\w+ )?(?:my |the )?(?:two |three |small |little )*(?:kids|children|family|wife|husband|son|daughter|mum|parents|them all) behind
(?:im|i am) in the ground|six feet under|(?:under|into) the (?:ground|earth|soil)
i tried (?:\w+ )?(?:last (?:month|year|week|night|summer|winter|spring)|again|once before|before but)
(?:take|taking) up (?:air|space|oxygen)|dont deserve (?:to|air|oxygen|life)
(?:not|isnt|if im|am i|whether im) safe(?: tonight| anymore| from myself)?(?! space| harbou?r| bet)
why (?:i should|should i|i) (?:\w+ )?(?:carry on|go on|keep going|wake up|live|continue living|stay alive|be here|bother living)
(?:would be|be) nice to (?:stop|not|be gone|sleep)
(?:arranged|planned|set|ready|prepared) (?:for|it for|everything for) (?:tonight|tomorrow|saturday|sunday|friday|monday|the weekend)
(?:exit|leave|leaving|out|quit|end|ending|up) ?[.]? ?(?:from|of)? (?:my )?life(?! ?cycle| ?sciences?| ?time| ?insurance| ?balance| easier| better)
(?:my|own) life (?:i mean|not (?:the|my) (?:job|career|work))|i mean (?:my|in) (?:\w+ )?(?:life|general)
(?:toward|towards|at|against) myself (?:lately|again|tonight|with)|violent (?:toward|towards|against) myself
(?:walk|walked|wade|swim|drive|drove) (?:out )?into the (?:sea|ocean|lake|river|water|woods|forest|cold)
(?:not|without|stop|never) braking|not (?:hit|touch) the brakes?|(?:close|shut) my eyes (?:and|while) (?:drive|driving|let go|step)
(?:if|that) i (?:never|dont|didnt|wont) (?:come|came|make it|return|returned|wake|woke)(?: home| back| up)?
(?:want|need|only want|like) (?:\w+ )?(?:quiet|peace|silence|darkness|rest|nothingness) ?(?:forever|for good)?(?= ?[.!]|$| forever)
dont want (?:a|any|my|the|to have a) (?:future|tomorrow|life)|run out of reasons|no reasons? left|out of reasons
after tonight|(?:my|this is my|the) last (?:question|message|night|words|goodbye)|ready to go(?= ?[.!])
"""),
    Family("means", "crisis", 2, r"""
(?:enough|stash\w*|saved|saving|hoard\w*|collect\w*|count\w*|stockpil\w+|looked at|looking at|stare at|staring at|bought) (?:up )?(?:the |my |all |of |some )*(?:\w+ )?(?:pills|tablets|medicine|medication|meds|rope|knife|blades?|razors?|sleeping)
(?:pills|tablets|meds) (?:saved|hoarded|stashed|lined up|in (?:my|the) (?:drawer|cabinet))
painless\w* (?:\w+ )?(?:way|ways|method|methods|death|to)?
(?:ways|way|how|methods|easiest|quickest|fastest|googl\w+) to (?:die|go|do it|end it|kill|tie a noose|overdose)
(?:a|the|my|his|loaded) gun
(?:noose|razor ?blades?|bandages?|lethal|funeral plan)
(?:stand|stood|standing|walk|walked|sit|sat|sitting|go|went|up|been|looking) (?:\w+ ){0,3}(?:on|over|at|by|to|near|off|up on|from) (?:a|the|my|that|this) (?:\w+ )?(?:bridge|ledge|edge|roof|rooftop|balcony|railing\w*|cliff|tracks|platform|river|water)
(?:closer|close) to the edge
(?:a|the) (?:bridge|roof|river|tracks|cliff|ledge|railway) (?:on|near|by|is|looks|seems|keeps|every|near)
(?:thought|think|thinking) about the (?:river|bridge|train|roof|balcony|pills|tracks)
(?:step|walk|throw myself|fall|jump|lie) (?:out )?(?:in front|into (?:traffic|the (?:sea|water|river|road|ocean))|onto the (?:tracks|rails))
let(?:ting)? go of the wheel
(?:burn|burned|burnt|cut|scratch\w*|scar\w*) (?:on )?my (?:arm|arms|wrist|wrists|thigh|thighs|legs?|skin)
(?:started|been|am|im|was|back to) cutting(?: again)?
on purpose (?!to)
until (?:it|i|they) (?:bleed|bleeds|bled)
(?:hit|hitting|bang\w*|smash\w*) my (?:head|fist|hand)
a plan and a (?:date|method|place|time)
(?:picked|set|chosen|have|got) (?:a |the |that as |that as the )(?:date|day) (?:i stop|to (?:go|do it|end)|and (?:a )?(?:method|plan))?
date i stop
pistol|revolver|rifle|shotgun|firearm|service weapon|helium|carbon monoxide|cyanide|lethal|noose
(?:stand|standing|stood|sit|sat|sitting|lean\w*) (?:\w+ )?(?:on|at|over|by|out of) (?:the|a|my) (?:\w+ )?(?:balcony|window|ledge|railing|roof|bridge|platform|quay|cliff)
(?:tall|high|multi ?storey) (?:car park|building|bridge|tower)
(?:how much|the dose|the amount|how many) (?:it|you|i) (?:takes?|needs?|d need)
only (?:plan|thing|option|way|exit|choice) (?:\w+ )?left
(?:a|the|some|my|bought|tie|tied|keep a) (?:\w+ )?rope|(?:burn\w*|cut\w*|scratch\w*) (?:\w+ ){0,4}my (?:elbows?|hands?|feet|stomach|belly|ankles?|shoulders?)|with (?:a )?(?:cigarettes?|lighter|compass|scissors|blade|razor)
(?:least|less|not) (?:\w+ )?(?:messy|painful) (?:way|method|exit)|way out(?= ?[.?!]|$| when)
"""),
    Family("farewell", "crisis", 2, r"""
(?:written|wrote|writing|write|left|leave|finished) (?:\w+ )?(?:letters?|goodbyes?|goodbye note|note for my|will and|final)
note ?[.!?]? (?:its )?for my (?:mum|mom|mother|wife|husband|kids|parents|family|daughter|son|sister|brother|partner)
(?:say|said|saying|my|last|final|write) (?:a |my |the |to )?(?:goodbyes?|farewells?|last words)
so (?:\w+ )?(?:doesnt|dont|wont) blame (?:herself|himself|themselves)
(?:blame|forgive) (?:herself|himself|themselves|me when)
affairs in order
(?:given|giving|gave|give) (?:\w+ )?(?:my |the )?(?:dog|cat|things|belongings|stuff|possessions|guitar|records|plants|watch)(?: away)? ?(?:to|away)?
life insurance
insurance (?:payout|pay|money)
(?:made|making|at) (?:my )?peace (?:with (?:it|going|dying|leaving))?
(?:like|want|wish|hope) it (?:to be|is|would be) (?:quick|over|painless)
nothing left on (?:the|my) list
(?:done|finished|tired of|stop|stopped) fighting
(?:thank you|thanks) for (?:everything|listening|being kind|the (?:talks|kindness|help)) ?[.]? (?:goodbye|take care|bye|you were kind)
you were kind
take care ?[.]? ?$
how long (?:would|will) it take (?:\w+ )?to (?:find|notice)
find (?:me|my body)
(?:follow|join|be with|see) (?:him|her|them) (?:soon|there|in heaven|on the other side)
ill follow (?:him|her|them)
talk (?:me|them|someone) out of it
(?:wont|dont|not) (?:be )?(?:a )?(?:problem|bother|trouble) (?:for |to )?(?:anyone|you|them|everyone)? ?(?:anymore|much longer)
everyone (?:\w+ )?(?:ahead|relieved|recover)
(?:replace|forget|get over) me (?:\w+ ){0,4}(?:in|within|by) a (?:day|week|month)
(?:my|own) (?:funeral|obituary|gravestone|grave|coffin|ashes)
do it myself
who (?:will|would) (?:look after|take|feed|care for) (?:my )?(?:dog|cat|kids|children|daughter|son)
(?:said|say|saying|told) (?:\w+ )?(?:bye|goodbye|farewell)|(?:hid|hidden|took away|locked away|takes) (?:\w+ ){0,3}(?:knives|pills|tablets|gun|blades|medication|razors)
did (?:\w+ ){0,3}(?:i built|i did|my life|my work) (?:\w+ )?(?:matter|mean anything|count)
"""),
    Family("burden", "crisis", 3, rf"""
(?:a|the|such a|only a|nothing but a) burden (?:to|on|for) (?:everyone|my|them|people|all|the people|you|anyone|others|him|her)
(?:im|am|feel like|being|become|feeling like|be) (?:\w+ )?(?:a )?(?:burden|dead weight|waste of (?:space|oxygen|air|skin)|deadweight)
{_THEM} (?:would|will|ll|d|deserves?|be|is|are) (?:\w+ ){{0,2}}(?:better|easier|happier|relieved|recover|someone else|fine|better off|smoother) (?:\w+ ){{0,2}}(?:without me|if i|when im|once im|with the|with someone|with me gone)
(?:noone|not anyone|dont think anyone|would anyone|would people|anyone) (?:needs me|would miss me|would notice|will miss me|would care|will notice|miss me|even notice|would be waiting)
deserves? (?:someone|a) (?:else|better (?:mother|father|mum|dad|wife|husband))
would(?:nt)? (?:even )?(?:miss|notice|mourn) (?:me|if i)
"""),
    Family("cannot go on", "crisis", 2, r"""
cant (?:go on|do this|take (?:it|this|much more)|carry on|keep (?:going|doing this|this up|on)|bear (?:it|this)|stand (?:it|this) (?:here)?|fight|live|face (?:another|tomorrow))(?: anymore| like this| any further| another (?:day|week))?
(?:dont|not) (?:want to|see a way to|know how to|know if i can|think i can|sure i can) (?:go on|carry on|keep going|do this|continue|make it|get through)
(?:giving|give|given|gave) up on (?:life|everything|myself|living)
no way (?:out|forward|back)(?: for me| from here)?
(?:no|see no|dont see a|without a|have no|any) (?:future|way out|way forward)
(?:whats|what is) the point (?:of|in)? ?(?:anything|living|it all|going on|trying|being|me|anymore)?
(?:only|one) (?:way out|restful|escape|peaceful|comforting) ?(?:thought)?
(?:im|am|i feel) (?:done|finished|at the end)(?: with (?:everything|it all|all of it|this))? ?(?:[.!]|$)
everything hurts
su[iu]?[sc]+[iu]?d\w*
self ?harm\w*
the thoughts (?:are|came|come|keep|wont)
dark (?:thoughts|place)
"""),
    Family("weeping", "distress", 3, r"""
(?:cry|crying|cried|sob|sobbed|sobbing|weep|weeping|wept|tears|bawl\w*|teary) (?:\w+ ){0,5}(?:every|all|toilet|toilets|bathroom|loo|car|shower|shift|stairwell|bed|night|morning|lunch|again|desk|work|commute|weeks?|months?|for|before|between|after|myself|day|days|hours|minutes|stop|uncontroll\w*|floor|train|kitchen|home|nothing|garage)
(?:cant|couldnt|wont|dont|not|never|unable to) (?:seem to )?(?:stop|hold back|keep from|control) (?:the |my )?(?:cry\w*|sob\w*|weep\w*|tears|shak\w+|trembl\w+|panick\w*|worry\w*)
(?:i|im|ive been|me) (?:\w+ ){0,3}(?:crying|sobbing|weeping|bawling|in tears|cry|cried|sob|weep|wept)
(?:start|started|burst|break|broke) (?:into |out )?(?:weeping|sobbing|crying|in tears|tears)
"""),
    Family("tears", "distress", 2, r"""
cry|crying|cried|sobs?|sobb\w+|weep\w*|wept|tears|tearful
"""),
    Family("panic", "distress", 3, r"""
panic ?attacks?|panick?ing (?:every|all|at|before|constantly|and)|anxiety attacks?
hypervent\w+
(?:cant|couldnt|hard to|struggl\w+ to|unable to|forget to|trouble) (?:breathe?|breathing|catch my breath|swallow|get air)
(?:chest|heart|stomach|head|hands|body|legs) (?:\w+ ){0,2}(?:hurts?|tight\w*|pounds|pounding|racing|races|attack|bleeds?|numb|shak\w+|trembl\w+|pain\w*|spins|refuse\w*|collaps\w+|burn\w*|gives? (?:in|out|way))
(?:pressure|weight|tightness|pain|knot|elephant) (?:on|in|sitting on) my (?:chest|heart|stomach)
(?:i|im|hands|start|started|stand|until i|till i|was|sit) (?:and |physically )?(?:shake|shaking|shook|tremble|trembling|shiver\w*)
(?:throw|threw|throwing) up (?:\w+ ){0,3}(?:before|every|from|because|at|in|after|most)?
(?:vomit|puk|retch)\w*
(?:before|until|till|and) i throw up
(?:black|blacked|blacking|pass|passed|passing) out
faint(?:ed|ing)
wet myself|pissed myself
sick (?:to my stomach|every|with (?:fear|worry|dread|anxiety)|before (?:work|every|each))
feel sick (?:every|all|when|before|whenever)
(?:palpitations|shingles|nervous wreck|nervous breakdown)
(?:legs|knees|hands?|arms?|body|voice) (?:\w+ )?(?:give way|gave way|buckl\w+|wont move|froze|freez\w+|jelly)|stop the shaking|the shakes|tremors?|cant hold a
(?:was|been|am|get|getting) (?:physically )?sick (?:in|into|outside|again|every|most|before|from|on the)
pull\w* (?:out )?my (?:own )?hair|hair (?:is )?(?:falls?|falling|comes?|coming) out|bald patch\w*|pick\w* my skin
(?:heart|pulse) (?:\w+ ){0,2}(?:fast|stops?|skips?|jumps?|hammer\w*|burst\w*|beats? so)|drop dead|jaw clench\w*|could not stand up|couldnt stand
"""),
    Family("sleepless", "distress", 3, r"""
(?:havent|hasnt|havnt|not|didnt|cant|dont|hardly|barely|never|no|couldnt|without|stopped) (?:\w+ )?(?:slept|sleep|sleeping)(?! badly)
(?:slept|sleep|sleeping) (?:\w+ ){0,3}(?:hours?|hrs?|h) (?:a|per|last|in|this|or|total|since|all)
(?:[1-4]|one|two|three|four|couple of) (?:hours?|hrs?) (?:of sleep|a night|sleep)
insomnia|sleepless
(?:lie|lying|lay|wide|stay|staying|im|still|been) (?:\w+ )?awake (?:\w+ ){0,3}(?:night|nights|every|at|till|until|staring|with|since)
wak(?:e|ing) up (?:\w+ )?(?:gasping|screaming|crying|in tears|panick\w*|shaking|sweating|drenched|at (?:2|3|4|two|three|four)|with dread|choking|terrified)
(?:3|4|three|four) ?(?:am|in the morning) (?:again|every|and)
nightmares?|night terrors
(?:up|awake) for (?:\w+ )?(?:hours|days|nights)|(?:drenched|soaked) in sweat|no sleep
"""),
    Family("body neglected", "distress", 2, r"""
(?:cant|not|stopped|barely|dont|hardly|havent|couldnt|forget to|no longer|without) (?:been )?(?:eat|eating|eaten|shower|showering|showered|wash|washing|washed|get dressed|brush\w*|leave (?:my|the) \w+|left (?:my|the) (?:house|flat|bed|apartment|room|home)|get (?:up|out of bed)|got out of bed|answer\w* (?:my )?(?:friends|phone|calls|anyone)|open\w* (?:the |my )?(?:curtains|email|mail|door|laptop))
keep (?:any )?(?:food|anything) down
lost \w+ (?:kilos|kg|pounds|lbs|stone)
mak(?:e|ing) myself (?:sick|vomit|throw)
(?:purg|bing)(?:e|ing|ed)
(?:out of|in) bed (?:\w+ ){0,4}(?:hours|anymore|all day|for days|weeks)
getting out of bed
(?:lie|lying|lay|curled up|collapsed?|sit|sitting|sat) (?:\w+ ){0,2}(?:on|in) (?:the |my )(?:\w+ )?(?:floor|dark|bed|car|stairwell|nursery|garage)
(?:hide|hiding|hid|lock|locked|locking) (?:myself )?(?:away )?(?:in|under|inside) (?:the |a |my )(?:\w+ )?(?:toilets?|bathroom|loo|restroom|garage|car|stairwell|closet|booth|storage|desk|room|bedroom|cubicle)
(?:in the|on the) (?:toilets?|bathroom|loo|restroom|stairwell|garage|car ?park|parking lot|shower|floor)
stare at the (?:cursor|wall|screen|ceiling)|staring at the (?:cursor|wall|screen|ceiling)
(?:sit|sitting|sat|stay|staying|wait) in (?:the|my|a) (?:\w+ )?(?:car|dark|garage|bathroom|toilet) (?:\w+ ){0,4}(?:hours?|because|before|until|minutes|every|each)
(?:opened|open) (?:the |my )?(?:blinds|curtains|mail|post)|eat until|get rid of it|throw it (?:all )?up
"""),
    Family("numbing", "distress", 2, r"""
(?:drink|drinking|drank|drunk|wine|vodka|whisky|whiskey|beers?|gin|alcohol|smok\w+|high|stoned) (?:\w+ ){0,4}(?:every|at lunch|before (?:work|noon|standup|meetings)|to (?:sleep|cope|forget|get through|numb|switch|calm|function|fall)|alone|a bottle|a day|a night|in the morning|at (?:my )?(?:desk|work))
(?:bottle|bottles|glass\w*|litre) of (?:wine|vodka|whisky|whiskey|gin|rum|scotch)
drinking (?:too much|again|heavily|more and more|myself)
relaps\w+|sober|hungover every
(?:sleeping (?:pills?|tablets?)|xanax|valium|cocaine|coke before|oxy\w*|adderall|opioids?|painkillers|weed|edibles|benzos?|pills)
gambl(?:ed|ing|e) (?:\w+ ){0,2}(?:away|savings|deposit|debt\w*|again)?
addict(?:ed|ion)? ?(?:to)?
(?:drink|drinking|drank|down|downing) (?:\w+ ){0,3}(?:bottle|bottles|vodka|gin|wine|whisky|whiskey|rum|six ?pack)
switch off (?:the \w+ in )?my head|numb (?:it|the|myself|everything)
"""),
    Family("breaking", "distress", 3, r"""
(?:having|had|have|on the verge of|headed for|close to|near|heading for|mid|full|mental|nervous|emotional|total|another) (?:a |my )?(?:\w+ )?(?:breakdown|meltdown|collapse)
(?:broke|break|breaking|broken) down (?:in|at|on|during|today|yesterday|again|crying|and|every|before|when|completely|sobbing)?
(?:at|past|reached|hit|my) (?:my |a |the )?(?:breaking point|rock bottom|wits end|limit|end of my (?:rope|tether))
(?:fall|falling|fell|coming|come|came) (?:apart|to pieces|undone)
(?:going|go|losing|lost|lose) (?:crazy|insane|under|mad|my mind|my grip|it completely|the plot completely)
(?:im|i feel|feel|am|feeling|me) (?:\w+ )?(?:broken|shattered|crushed|destroyed|defeated|hollow|hollowed out|ruined|finished|wrecked|a wreck|a mess|suffocat\w+|drowning|sinking|spiral\w+|crumbling|unravel\w+|trapped|crushing)
(?:drowning|suffocating|spiralling|spiraling|crushing me|unravelling|disintegrating|cracking up|coming apart)
something (?:in|inside) (?:of )?me (?:\w+ )?(?:broke|snapped|died|is broken)
(?:part|piece) of me (?:\w+ )?(?:broke|died|is dead|is gone)
dead inside
cant (?:cope|handle (?:it|this|life|anything)|function|feel (?:anything|my)|stop (?:shaking|crying|drinking|thinking)|think straight|face (?:anyone|people|the|it|work|another|opening)|get (?:out of bed|up|through (?:the|a|another))|find anything in me|make (?:my legs|myself)|move|concentrate on anything|remember the last time i (?:felt|smiled|laughed|slept)|hardly stand|stand up|read the)
(?:not|isnt|arent|barely|hardly|struggling to|cant) (?:\w+ )?(?:cop(?:e|ing)|function(?:ing)?|holding (?:on|it together|up)|surviving|keeping (?:it together|my head above))
(?:no|any|without) (?:strength|energy|fight|hope|tears|will|joy) (?:left|anymore|in me)?
nothing left (?:in me|to give|inside|of me|to live|for me)?
(?:everything|it|life|all of it|this) (?:is|feels|has become|is all|gets) (?:\w+ )?(?:too much|unbearable|falling apart|crushing|meaningless|pointless|hopeless|dark|black|grey)
its (?:all )?(?:too much|unbearable|hopeless|pointless|crushing)
"""),
    Family("despair", "distress", 3, r"""
hopeless\w*|despair\w*|no hope|lost (?:all )?hope|giving up hope|beyond help|wretched|worthless\w*|miserable|in agony|anguish|desolate|suffering
nothing (?:matters|will ever|ever gets|helps|gets better|is ever|means anything|feels real|brings me)
(?:feel|feeling|felt) (?:\w+ )?(?:nothing|empty|numb|low|alone|lost and|dead|hollow|dark|worthless|useless|helpless|like (?:a )?(?:failure|nothing|garbage|trash|shit|a ghost)|like giving up|so down|down all|desperate)
(?:low|down) and (?:theres|there is|noone|no)
(?:completely|utterly|inside|so|im|all) (?:\w+ )?(?:empty|numb|hollow|hopeless|alone)
(?:hate|despise|loathe|disgusted (?:by|with)|sick of|cant stand|ashamed of) (?:myself|my life|who i|what ive become|being me|my existence|my own)
(?:never|nothing|wont) (?:get|gets|be|going to get|will get) (?:any )?(?:better|ok|okay|normal again|happy)
failure (?:at|as) (?:a |being |life|being a )?(?:mother|father|parent|person|human|everything|life|husband|wife)?
(?:clinically |severely |deeply |so |im |am |feel |been |being |getting )depress(?:ed|ion)
(?:my|with|have|severe|postnatal|postpartum|into) depression
(?:all|so|feel|feeling|completely|utterly) alone(?: in this| with| and| here| at night)?
(?:noone|not a soul|nobody else) (?:to talk|to tell|to turn|left|cares|understands|knows|is awake|awake|would believe|can reach|i can tell|there for me|asks)
theres noone|there is noone|no friends left|noone awake
(?:what|who|where) (?:have i become|ive become|am i anymore)
dont (?:recognise|recognize|know) (?:myself|my life|who i am)(?: anymore)?
anhedonia|dont (?:laugh|smile|taste|enjoy anything|feel (?:anything|alive|like (?:a person|myself)))
everything is (?:\w+ )?(?:dark|grey|gray|black|ruined|over|gone|too much|lost)
went dark|lost everything
fail(?:ing|ed)? (?:at|as) (?:\w+ ){1,4}fail(?:ing|ed)? (?:at|as)|everything i (?:touch|do) (?:\w+ )?(?:collapses?|fails|breaks|dies|turns|falls|goes wrong)
noone (?:to call|i can call|would come|on my side)|not (?:one|a single) (?:human|person|friend|soul)|never felt (?:this|so|more) (?:\w+ )?(?:alone|low|lonely|bad|empty|hopeless)
nothing (?:touches|reaches|moves|interests) me|i have no (?:tears|words|strength|one)
(?:im|feel like|become|just) (?:\w+ )?(?:a |an )?(?:shell|husk|robot|zombie|empty)|dont (?:feel|have) (?:\w+ )?(?:joy|hunger|anger|hope|anything|pleasure)|so tired (?:that )?i (?:\w+ )?(?:sat|cried|collapsed|fell|cant|couldnt|could)
"""),
    Family("terror", "distress", 2, r"""
terrified|petrified|frightened|dread\w*|horrified|tormented|haunt\w+
(?:scared|afraid|frightened) (?:to|of|all|every|for|that|ill|i will|about|and|i|at|out)?
(?:constant|crippling|severe|overwhelming|bad|unbearable|constantly) (?:\w+ )?(?:anxiety|anxious|fear|worry|dread|stress|guilt|shame)
anxiety (?:so|is|has|keeps|wont|makes|got)
so ashamed|deep shame|so guilty|cant forgive
(?:hear|hearing|heard) (?:\w+ ){0,3}voices?|see(?:ing)? things|paranoi\w+|hallucinat\w+|losing time|no memory of|not real|someone elses|outside my (?:own )?body|behind (?:this |a )?glass|dissociat\w+|got lost
a long scream|scream(?:ing)? (?:into|inside|in my)
(?:pure|sheer|raw|constant|out of|from|such|mortal) (?:fear|terror|panic|dread)
(?:look at|face) myself in (?:the|a) mirror|what am i (?:for|doing here|worth)|feel like a ghost|into a ghost
so (?:sad|scared|afraid|alone|lonely|lost|desperate|tired of it all)|heartbroken|broken hearted
"""),
    Family("ill", "distress", 1, r"""
psychiatr\w+|hospitali[sz]ed|in hospital|antidepressants?|my therapist|ssris?|my meds|meds arent|signed (?:me )?off|ptsd|trauma\w*|bipolar|mental(?:ly)? (?:ill\w*|health)|anxiety|burn(?:ed|t)? ?out|burnout|depress\w+|overwhelm\w*|exhaust\w+|anxious
stress(?:ed)? (?:is|out|has|makes)|cant relax|on edge|no energy
"""),
    Family("loss", "distress", 3, rf"""
my (?:\w+ ){{0,2}}{_KIN} (?:\w+ ){{0,2}}(?:died|dies|passed (?:away|on)|dead|is dying|killed|was killed|has (?:\w+ )?cancer|took (?:his|her) (?:own )?life|had a stroke|is in (?:hospital|intensive|a coma|hospice|palliative))
(?:lost|lose|losing|buried|burying|bury|found) (?:my|our|the|a) (?:\w+ ){{0,2}}{_KIN}
(?:death|funeral|loss) of my
(?:the|my|his|her) (?:funeral|burial|chemo\w*|miscarriage)
miscarr\w+|stillb\w+|terminal (?:cancer|illness)|hospice|in the ground|widow\w*|lost the baby|lost a baby
my (?:own )?grief|grieving my|im grieving
my (?:wife|husband|partner|girlfriend|boyfriend) (?:\w+ )?(?:left|moved out|is leaving|walked out|wants a divorce|took the kids)
(?:the|my|a|our) (?:divorce|dementia|chemo)
stage (?:four|iv|4|three|3)|tumou?r|(?:the|a|my) diagnosis|months to live|palliative
(?:we|i) (?:buried|cremated|lost) (?:our|my) \w+
our (?:\w+ ){{0,2}}(?:girl|boy|son|daughter|baby|child|dog|cat|twins?|father|mother|dad|mum) (?:\w+ )?(?:died|passed|is gone|was killed|was stillborn)
"""),
    Family("danger at home", "distress", 3, rf"""
my (?:\w+ )?{_LOVER} (?:\w+ ){{0,2}}(?:hits?|beats?|threw|throws|chokes?|choked|slaps?|slapped|threatens?|threatened|controls|checks (?:where|my|on)|punched|punches|kicked|strangled|locks|found out where|has found|hurts|screams|smashed|wont let me)
(?:scared|afraid|terrified) (?:to|of) (?:go|going|come|coming|be|being|stay|staying|my) (?:at |back )?(?:home|in|husband|wife|partner|boyfriend|girlfriend|ex|alone)
(?:domestic|physical) (?:violence|abuse) at home
abusive (?:relationship|marriage|husband|wife|partner|boyfriend|ex|home)
(?:broke|fractured|bruised|burned|twisted|dislocated) my (?:wrist|arm|nose|ribs?|jaw|finger|hand|collarbone) (?:on|last|again|when|because)
"""),
    Family("ruin", "distress", 1, r"""
evict\w+|homeless|bankrupt|in debt|lost (?:the|my|our) (?:house|savings|home)|visa (?:runs|expires|ends)|cant (?:pay|afford) (?:rent|the rent|food|my|heating)|weeks of (?:rent|money)|dont know how (?:ill|well|to) (?:eat|pay|feed)
thrown? (?:my|his|her) (?:whole )?life away|wasted my life|ruined my (?:life|family)|life is (?:over|ruined)
"""),
    Family("plea", "distress", 2, r"""
(?:please|somebody|someone|anyone) (?:please )?(?:help me|help|talk to me|say something|tell me its)
is (?:anyone|somebody|someone) (?:there|awake|here|listening)
(?:dont know|not sure|no idea) (?:what else|who else|where else|who to (?:tell|turn|talk|ask)|what im asking|what i am asking|why im (?:telling|writing|typing|here)|how to (?:exist|live|keep|breathe|go on)|how much longer|anymore|where (?:else )?to turn|what to do(?: anymore)?$)
want someone to (?:tell|hold|talk|listen|say)|need someone to (?:talk|listen|tell|hold)
need to (?:talk|tell) (?:to )?someone
(?:cant|havent|couldnt|never) (?:tell|told) (?:anyone|anybody|a soul|my (?:wife|husband|partner|manager|family|parents|boss|mum))
(?:wife|husband|partner|family|noone|kids|they) (?:doesnt|dont|cant|wont|mustnt) (?:know|hear|see|notice)|so (?:the kids|they|noone) (?:wont|cant|doesnt|dont) (?:hear|see|notice)|hide this|noone knows
how (?:much longer|do i keep going|do you keep going|do people go on)
"""),
    Family("assault", "harassment", 4, r"""
(?:harass\w*|grop\w+|molest\w+|stalk\w+|assault\w*|raped?|raping|bullies|bullied|bullying|spat (?:at|on)|choked|slapped|punched|kicked|hits|strangled|shoved) me(?! with| up)
(?<!she )(?<!he )(?<!they )(?<!who )(?<!someone )(?<!report )(?:im|was|been|being|get|getting|got|keep|were|am) (?:\w+ )?(?:sexually )?(?:harassed|groped|molested|stalked|assaulted|raped|bullied|spat (?:at|on)|spiked|catcalled|doxx?ed) (?!a |an |the feature|users?)
death threats|doxx?ed me|slept my way
"""),
    Family("threat", "harassment", 3, r"""
(?:threaten\w*|blackmail\w*|intimidat\w+|humiliat\w+|belittl\w+|ridicul\w+|degrad\w+|demean\w+|insult\w*|ostraci\w+|gaslight\w*|terrori[sz]\w+|scream\w* at|yell\w* at|shout\w* at|swears? at|swore at|curs\w+ at|spit\w* at|victimi[sz]\w+|corner\w*|imitat\w+|mimic\w*|mock\w*|retaliat\w+ against|taunt\w*|tormented?|laugh\w* at|hit|slaps?|kicks?|abus\w+|grabs?|grabbed|kiss\w*|hurts?) (?:at )?me(?! with| up| that| a| if)
(?:im|was|been|being|get|getting|got|keep|am|constantly|daily) (?:\w+ )?(?:threatened|blackmailed|humiliated|belittled|ridiculed|mocked|insulted|ostracised|ostracized|frozen out|singled out|screamed at|yelled at|shouted at|sworn at|laughed at|called names|pinned|cornered|abused|demeaned|gaslit|intimidated|shunned|silenced|touched|grabbed|followed home|pushed out because|scapegoated|retaliated)
(?:threw|throws|throwing|thrown|ripp\w+|slammed|hurled|tossed) (?:\w+ ){1,6}(?:at|in|into|against) (?:me|my (?:face|head|desk|chest))
(?:break|smash|ruin|destroy|end) my (?:jaw|face|legs?|arms?|neck|career|reputation|life)
(?:never|not|wont) (?:\w+ )?work in (?:\w+ ){0,3}again
know(?:s|n)? where (?:i|my (?:kids|family|wife|husband|children|mother)) (?:\w+ )?(?:live|lives|go|goes|park)
(?:waits?|waiting|waited|follows|followed|stands|turns up|turned up|shows up|showed up|lurks|parked) (?:\w+ ){0,3}(?:for me (?:outside|by|at|after|every)|by my (?:car|desk|door|house)|outside my|at my (?:gym|house|home|flat|door|hotel)|me home|me to my)
(?:wouldnt|wont|didnt|doesnt|not) (?:let me (?:leave|go|out)|take no for|stop (?:touching|texting|messaging|calling|asking me|staring))
(?:lock\w*|block\w*|shut|closes?) the (?:\w+ )?(?:\w+ )?door (?:behind|so|and|on)
locks? the (?:\w+ ){0,2}door
(?:by the|my) (?:collar|throat|hair|wrist|arm) (?:and|so|in)
(?:spread\w*|rumou?rs?|lies|gossip) (?:\w+ )?(?:about|that) (?:me|i|my)
(?:told|tell|telling|tells) (?:\w+ ){1,4}(?:im|i was|i am) (?:\w+ )?(?:mentally|crazy|hysterical|unstable|a slut|easy|under investigation|mad)
(?:my|the) (?:stalker|harasser|abuser|rapist|bully)
abus(?:es|ed|ing) me|abusive (?:boss|manager|ceo|founder|director|lead|colleague)
(?:as a prank|for laughs|the butt of)
(?:gave|given|giving|left) me (?:a |an )?(?:black eye|bruise\w*|bloody|concussion|split lip)|black eye|bruises on my
(?:tells?|told|telling|says?|said|yells?|shouts?) (?:to )?(?:me )?(?:\w+ )?(?:that )?im (?:too |so |a |an )*(?:thick|stupid|useless|worthless|fat|ugly|dumb|idiot|nothing|disgusting|moron|waste|disgrace|pathetic|retarded|old hag)
(?:bellow|roar|yell|scream|shout|bark|rant|swear|snarl|hurl)\w* (?:\w+ )?(?:abuse )?(?:at|in|into) (?:me|my (?:face|ear))
slam\w* (?:the |his |her )?(?:door|fist|laptop) (?:in|on|at|into|against) (?:me|my|the)
(?:dangl|shov|drag|tripp|push|lift|throttl|kick|pinn|forc)\w+ me (?:over|against|into|down|out|to the|onto|by|across|around|off|up against)
follow\w* me (?:home|to|into|out|around|back|onto|through|from)|find out where i|(?:checks|reads|takes|see|search\w*|track\w*) my (?:phone|location|messages|bag|laptop|whereabouts)|tracker (?:on|in)
noone (?:will|would|is going to) believe (?:me|you|a)
"""),
    Family("sexual", "harassment", 3, r"""
(?:his|her|their|a) (?:hand|hands|arm|arms|fingers) (?:\w+ )?(?:on|up|down|around|round|under|inside|over|between) (?:my|me)
(?:touch\w*|rub\w*|strok\w+|squeez\w+|massag\w+|grab\w*|slap\w*|pat\w*|brush\w*|fondl\w+|caress\w*|sniff\w*|pinch\w*|kiss\w*|star\w+ at|look\w* at|leer\w*|lick\w*|comment\w* on|comments? about|rates?|pull\w*) (?:against |up against |down )?(?:on |at )?my (?:\w+ )?(?:thighs?|legs?|knees?|back|waist|hips?|breasts?|chest|boobs|tits|bum|butt|ass|arse|bottom|shoulders?|neck|hair|cheek|body|bra|skirt|figure|cleavage|outfit|looks|blouse)
(?:on|up|between|down) my (?:thighs?|knee|leg|waist|bum|butt|ass|arse|lower back|bottom|skirt|blouse|shirt)
touch(?:ed|es|ing) me|kiss(?:ed|ing|es)? me|(?:to|tried to|lean\w* in to) kiss|sleep with (?:him|her|them|me)|slept with (?:him|her) or
asks? me out (?:again|every|even)|(?:kept|keeps) asking (?:me )?(?:out|to (?:sleep|dinner|his|her|come))|(?:going|go) out with (?:him|her|my (?:lead|boss|manager))
(?:his|her|share a|same|the|to a|my) (?:hotel room|bed)
in that dress|shorter skirts?|sex life|my sex|about my (?:body|breasts|legs|looks|figure|virginity|underwear)|rate my body|wear (?:\w+ ){0,3}(?:skirt|heels|makeup|tighter)
(?:sends?|sending|sent|texts?|texting|dms?|messag\w+) (?:me )?(?:\w+ ){0,3}(?:nudes?|dick|explicit|porn|(?:photos|pictures|pics|videos) of (?:him|her)(?:self)?|sexual|at (?:night|2|3|midnight)|selfies)
(?:sexual\w*|nudes?|naked|dick pic\w*|porn\w*|undress\w*|lewd|pervert\w*|creep(?:y|s)?|flirt\w+ with me|unwanted|advances|quid pro quo|handsy)
what hed like to do to me|(?:sits?|stands?|gets|leans) (?:way |far )?too close
(?:said|told|say|saying) (?:him |her |them )?no (?:\w+ )?(?:times|again|and)
forc(?:ed|es|ing) (?:himself|herself|themselves|me) (?:on|onto|to (?:kiss|touch|sleep|undress|watch))
(?:press|slid|slip|rub|brush|grind|push|lean|put|run|ran|graz|lay|laid)\w* (?:\w+ ){0,5}(?:against|on|up|past|into|along|under|over|around) (?:me|mine|my (?:leg|legs|calf|thigh|knee|back|hip|waist|body|shoulders?|neck|chest|bottom|face|hair|foot))
(?:his|her|their|whole) (?:foot|leg|knee|body|groin|crotch|lips|mouth|tongue|arm|fingers?|hands?) (?:\w+ ){0,3}(?:me|mine|my)
nightcap|(?:come|came|go|went) (?:up )?to (?:his|her|their) (?:room|hotel|flat|apartment|place)|whispers? (?:\w+ ){0,2}(?:things|filthy|dirty|in my ear)|(?:tighter|shorter|lower cut|sexier) (?:\w+ )?(?:blouses?|skirts?|dress\w*|tops?|clothes)|smile more|pretty face|good girl|winks? at me
"""),
    Family("slur", "harassment", 3, r"""
(?:call|calls|called|calling|labell?ed|refers? to me as|referred to as|nicknamed) (?:me|us) (?:an? |the |names|their |that |his |her |stupid|it )?(?!in |into |back|out|up|to |on |for |after |about |again|when |yesterday|today|at |by |with )\w+
(?:the|a|racial|racist|homophobic|sexist|antisemitic|transphobic|my) slurs?
n word|f word at me|retard\w*|faggot|fag|dyke|tranny|nigg\w+|paki|chink|kike|slut|whore|bitch|cunt|wetback|curry|terrorist|monkey|diversity hire|ching
go back to (?:your|my|where|africa|india|china|mexico|pakistan)|your kind|people like (?:me|you)
racis[tm]|sexis[tm]|homophob\w+|transphob\w+|antisemit\w+|islamophob\w+|misogyn\w+|xenophob\w+|ageis[tm]|ableis[tm]|bigot\w*
(?:imitat\w+|mimic\w*|mock\w*|copy|copies|laugh\w* (?:at|about)|jokes? (?:about|on)|makes? fun of|fun of|comments? (?:about|on)|do an|does an|does my) (?:my |our |the way i )?(?:\w+ )?(?:accent|stutter|stammer|hijab|headscarf|turban|skin|hair|religion|faith|name|wheelchair|disability|weight|age|race|gender|pronouns|autism|voice|talk|speak|english|lisp|limp)
(?:deadnam\w+|misgender\w*|refuse to use my|wrong pronouns|bible verses|conversion)
(?:im )?the only (?:\w+ )?(?:black|asian|indian|muslim|jew\w*|gay|queer|trans|brown|african|latina?|woman|girl|disabled) (?:\w+ ){0,2}(?:on|in|here|pm|there|person|at|engineer)?
(?:banter|its a joke|cant take a joke|lighten up|too sensitive|hysterical|was joking)
poofter|pansy|queer|fatso|fatty|spastic|spaz|cripple|gook|coon|gypsy|tranny|towelhead|raghead|mongol|cow|pig nose|n word|f slur
(?:bark|moo|oink|grunt|hiss|whistle|snort|monkey nois\w*|make (?:animal )?noises|giggle|snigger|whisper)s? (?:\w+ )?(?:when|whenever|as|if|every time) i
(?:sticker pack|memes?|photoshop\w*|caricature|cartoon|deepfake|gif)s? (?:of|about|with) (?:me|my)
(?:because of|its because of|about|over) my (?:weight|face|nose|body|accent|hijab|skin|clothes|scar|teeth|stutter|religion)
swastikas?|nazi|heil|monkey noises|nooses? on|useless eater|sieg|apu
(?:im|i am) (?:jewish|muslim|black|gay|trans|lesbian|bi|asian|indian|roma|deaf|disabled|autistic|nonbinary|in a wheelchair)
"""),
    Family("discrimination", "harassment", 2, rf"""
because (?:im|i am|i was|i got|of being|i have) (?:\w+ )?{_GROUP}
because of my (?:\w+ )?(?:pregnancy|race|skin|age|gender|religion|accent|disability|faith|sexuality|colou?r|hijab|ethnicity|headscarf|illness|kids)
(?:pregnan\w+|maternity|having a baby|mothers?|mums?|women|girls|gays|foreigners|blacks|people your age|your age|too old)(?: \w+){{0,3}} (?:dont|cant|arent|shouldnt|wont|not|doesnt) 
people your age|at your age
(?:since|after|when|ever since|because|as soon as|the day) i (?:\w+ )?(?:told (?:\w+ ){{0,3}}(?:pregnant|no)|announced|reported|complained|spoke up|came out|refused|rejected|turned (?:him|her) down|testified|blew the whistle|said no|asked for equal|asked him to stop|asked her to stop|went to hr|raised a|filed|disclosed|got pregnant|asked (?:him|her|them) to stop)
(?:im|i was|told (?:\w+ ){{1,3}}i was|got|that im) (?:\w+ )?pregnant
blew the whistle|whistleblow\w*|blacklist\w*|retaliat\w*|reported (?:him|her|them|my (?:boss|manager|director|lead|ceo|vp))|report (?:him|her|it)|if i (?:go|went|talk|speak) to hr|hr (?:\w+ ){{0,4}}(?:protect|did nothing|apologi[sz]e|laughed|ignored|buried|knows)
equal pay|paid less than (?:the )?men|discriminat\w+ against me|hostile|came out as|my wheelchair|my hijab
(?:women|ladies|mothers|mums|moms|girls|females|muslims|jews|blacks|asians|gays|foreigners|immigrants|older people|old people|disabled people|(?:your|my|their) (?:lot|kind|type|people|sort)) (?:\w+ ){{0,3}}(?:have no|no business|belong|dont|cant|should|not|arent|too|wont|better suited|at home|only good)
(?:since|after|when|once|because|and) (?:i|they|them|he|she|my boss) (?:\w+ ){{0,4}}(?:my (?:\w+ )?diagnosis|the hijab|a hijab|headscarf|im jewish|im gay|im trans|im muslim|im pregnant|hiv|wheelchair|complained|pregnancy|fast for)
complained about (?:my|his|her|him|the)|suddenly redundant|stripped (?:me )?of my|took me off|taken off (?:the|my|every)|(?:invites|invitations|access|desk|chair) (?:are|is|was|were) (?:\w+ )?(?:gone|taken|revoked|removed)
noone (?:\w+ )?(?:spoken|speaks|talks|talked|sits|will sit|greets|answers) (?:to |with )?me
(?:wont|not|never) be extended|he(?:s| has|d)? hinted|depends on it|unless i (?:sleep|go|come|smile|drink|wear)|if i dont (?:come|go|sleep|smile|drink|wear|keep quiet)
(?:back|returned|return|came back) from (?:maternity|parental|sick|medical) leave|gave my \w+ to a man|handed my \w+ to a man|gone soft in the head|baby brain
"""),
    Family("contempt", "harassment", 2, r"""
(?:in front of|to) (?:everyone|(?:the|my) (?:whole|entire|full) (?:team|company|squad|floor|office|department)|all)
(?:they|everyone|all|people|colleagues|team) (?:\w+ )?(?:laugh|laughed|laughs|stared|snigger\w*|giggle\w*|smirk\w*)
(?:stop|stops|stopped|go|goes) (?:talking|quiet|silent) (?:when|whenever|as soon as|once) i
(?:remov\w+|excluded?|excluding|cut|left|frozen|shut|pushed|kicked|uninvited|dropped) (?:me )?(?:out|off|from) (?:of )?(?:\w+ ){0,2}(?:channels?|meetings?|lunch\w*|every|invites?|the group|the chat|everything|launch)
group chat|behind my back|storage room|moved my (?:desk|chair)|took my desk|frozen out|prank\w*|anonymous (?:message|note|email|letter)\w*|on my (?:desk|chair|screen|badge|locker|car)
(?:calls|called|calling) (?:me|my)
reads? (?:it|them|my) (?:\w+ )?(?:out|aloud)|recite|list of my (?:mistakes|failures)
(?:scream\w*|yell\w*|shout\w*) at|spat|spit at|threw|hid my|stole my|makes me (?:stand|recite|beg|apologi[sz]e|cry|feel (?:sick|filthy|dirty|small|unsafe|worthless))
(?:i froze|feel (?:filthy|dirty|violated|unsafe|small)|cornered|trapped|crawl)
harass\w*|bull(?:y|ies|ied|ying)|assault\w*|molest\w*|stalk\w*|rap(?:e|ed|ist)|violent\w*|violence|inappropriate\w*|abus\w+|groping|groped|threat\w*|humiliat\w*|discriminat\w*|toxic
(?:forward|post|share|show|read|send)s? my (?:\w+ )?(?:typos|mistakes|errors|photos?|messages|emails) (?:\w+ )?to (?:the|every|all|my)|clown|shut (?:my mouth|up)|shouted down|only me
"""),
)  # fmt: skip

# What speaks against: read as features, never as a verdict.
AGAINST = {
    "others": r"""
how (?:do|does|should|would|can|could|might) (?:a|an|the|you|vps?|pms?|cpos?|product|leaders?|managers?|directors?|companies|teams?|hr|one|head|heads|good|great|senior|startups?|organi[sz]ations?|founders?|firms?)
(?:should|do|can|would|could|must|are|have) (?:a |an |the |most |all )?(?:vps?|leaders?|managers?|directors?|companies|pms?|cpos?|product managers?|heads?|teams?|executives?|big)
what (?:should|can|does|do|would) (?:a|an|the|most|good|companies|leaders?|managers?|product)
as (?:a|an|the|new|their|your) (?:\w+ )?(?:vp|leader|manager|head|director|lead|cpo|product leader|chief|mentor|coach|chapter lead|founder|hr)
(?:one|two|three|some|several|half|most|few) of (?:my|our|the) (?:\w+ )?(?:pms?|reports?|team|engineers?|designers?|product managers?|people|direct reports?|colleagues|employees|staff)
(?:a|an|my|our|this|that|another|direct|each|every) (?:\w+ )?(?:report|direct report|team member|teammate|employee|pm on my|engineer on|designer on|junior pm|direct|mentee|associate pm|subordinate)s? (?:\w+ )?(?:is|has|told|tells|seems|looks|feels|who|says|was|came|wants|struggles|keeps|cried|asked|appears|that|of mine)
(?:on|in|across|for|of|with) (?:my|our|the|a|your|their) (?:\w+ )?(?:team|squad|org|organi[sz]ation|department|company)
(?:someone|anyone|people|employees|users|customers|patients|teams|pms|product managers|leaders|managers|volunteers|survivors|colleagues|a colleague|a friend of mine|workers)
team of|(?:an|a) (?:engineer|designer|pm|product manager|colleague|developer|analyst) (?:on|in|who|of)
""",
    "study": r"""
polic(?:y|ies)|guidelines?|handbook|code of conduct|surveys?|metrics?|statistics|stats|studies|research|percent\w*|% of|app|apps|software|platform|hotline|article|blog|talk on|keynote|template|checklist|definition|design(?:ing)? (?:a|an|the)|building (?:a|an)|prevent\w*|detect\w*|moderation|what (?:is|does|are|was)|whats the (?:difference|best|right)|explain|difference between|meaning of|books?|training|etiquette|process for|framework for|procedure|best practices?|examples? of|role of|discovery|north star|user research|perks?|sabbaticals?|accommodations?|interview questions|encourage
""",
    "mild": r"""
a bit|a little|slightly|kind of|sort of|somewhat|nothing (?:dramatic|serious|major|wrong)|not panicking|were good|im fine|im ok|im good|moving on|it passes|for a (?:day|week|while)|in a good way|calmly|no big deal|not a big deal|whatever|meh|a tad|mildly|could be worse|at first|looking forward to|excited|buzzing|lovely|proud of (?:the|my team)|over it now|apologi[sz]ed|it happens|half joking|fingers crossed|for now|weird but
""",
    "jest": r"""
lol|haha+|hehe+|lmao|rofl|jk|joking|kidding|funny|grinning|pun intended
""",
    "career": r"""
passed over|rejected|rejections?|undervalued|under ?paid|stuck|plateau\w*|frustrat\w+|annoyed|disappoint\w+|bored|boring|jealous|deflated|gutted|unfair|regret|overlooked|invisible|promotion|promoted|raise|offer|interview\w*|recruiters?|cv|resume|portfolio|pivot|switch|certificat\w+|mba|title|salary|equity|stakeholders?|roadmap|okrs?|backlog|prd|discovery|strategy|launch|metrics?|kpis?|feature|micromanag\w*|feedback|reorg
""",
    "asking": r"""
how (?:do|can|could|should|would|to) ?i?|what (?:should|would|can|could|do|are|is)|which|tips|advice on|help me (?:\w+ )?(?:write|pick|decode|plan|decide|prepare|find|understand|present|with)|give me|show me|teach me|i need (?:a|an|some)|id like (?:a|an|to)|i want to (?:be|write|make|go|present|build|get|do|run|learn|use|know|grow|move|become|improve)|want to (?:learn|know|understand|improve|grow)|ideas
""",
}

# How long and how often: a hint beside others.
LASTING = r"""
every (?:day|night|morning|evening|week|sunday|time|meeting|minute|second|standup|weekend)|(?:for|in|since) (?:\w+ )?(?:days|weeks|months|years)|all (?:day|night|the time)|constantly|(?:day|night|week|time|month|morning)s? in a row|again|straight|anymore|most (?:nights|days|mornings)|daily|nightly|weeks|months
"""

# Fillers carry no meaning here and would stand between the words of a phrase.
_FILLERS = (
    "just really actually so literally honestly fucking fuckin fkn bloody even still simply totally very absolutely basically like tbh ngl truly seriously "
    "fully pretty quite only already"
)
FILLERS = frozenset(_FILLERS.split())
# One spelling for what people write in many ways; applied to single words, then to pairs.
_SPELLINGS = (
    "wanna=want to,wana=want to,gonna=going to,gona=going to,gotta=have to,nobody=noone,everybody=everyone,somebody=someone,anybody=anyone,cannot=cant,idk=dont know,"
    "dunno=dont know,bein=being,feelin=feeling,livin=living,dyin=dying,cryin=crying,killin=killing,tmrw=tomorrow,tmr=tomorrow,u=you,ur=your,cuz=because,cos=because,"
    "bc=because,coz=because,myslef=myself,mysef=myself,meself=myself,kil=kill,cryed=cried,crynig=crying,alot=a lot,anymroe=anymore,anymor=anymore,nomore=anymore,"
    "cnt=cant,dnt=dont,dont'=dont,isint=isnt,wont'=wont,depresed=depressed,deppressed=depressed,hopless=hopeless,hoplesss=hopeless,wothless=worthless,exausted=exhausted,"
    "greif=grief,scard=scared,terified=terrified,sleeep=sleep,slep=slept,breath=breathe,breathless=cant breathe,harrassed=harassed,harrass=harass,harasing=harassing,"
    "harrassing=harassing,harrasment=harassment,bullyed=bullied,bulied=bullied,preggers=pregnant,pregant=pregnant,dieing=dying,d1e=die,k1ll=kill,sh=self harm,2nite=tonight,"
    "tonite=tonight,plz=please,pls=please,ppl=people,hav=have,havnt=havent,hvnt=havent,barely=cant,thots=thoughts,thougts=thoughts,thoghts=thoughts,boyfreind=boyfriend"
)
SPELLINGS = dict(pair.split("=") for pair in _SPELLINGS.split(","))
_PAIRS = (
    "i am=im,i have=ive,do not=dont,does not=doesnt,did not=didnt,can not=cant,could not=couldnt,can hardly=cant,can cant=cant,will not=wont,is not=isnt,was not=wasnt,"
    "were not=werent,have not=havent,has not=hasnt,would not=wouldnt,should not=shouldnt,any more=anymore,any longer=anymore,no one=noone,"
    "every one=everyone,every single=every,each day=every day,each night=every night,my self=myself,i will=ill,i would=id,what is=whats,that is=thats,it is=its,"
    "there is=theres,he is=hes,she is=shes,they are=theyre,unable to=cant,could cant=couldnt,able no=cant"
)
PAIRS = dict(pair.split("=") for pair in _PAIRS.split(","))
