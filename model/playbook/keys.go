package playbook

import (
	"maps"
	"reflect"

	"warroom/model"
	"warroom/model/schema"
)

// Document describes the form of a playbook: every key with its meaning.
func Document() *schema.Document {
	keys := maps.Clone(fixedKeys)
	for path, values := range map[string][]string{"items.preserves": classes, "items.evidence": classes,
		"items.contains": model.AssetTypes, "items.milestone": model.MilestoneNames,
		"clocks.met-by": model.MilestoneNames,
		"roles.powers":  powerNames} {
		k := keys[path]
		k.Enum = values
		keys[path] = k
	}
	start := keys["clocks.start"]
	for _, s := range model.ClockStarts {
		start.Enum = append(start.Enum, s.ID)
	}
	keys["clocks.start"] = start
	return &schema.Document{ID: "playbook.schema.json", Title: "Playbooks", Intro: intro(),
		Type: reflect.TypeFor[file](),
		Keys: keys}
}

// intro returns the text above the tables of the page.
func intro() string {
	s := "A playbook is the plan of your organization as a TOML file: severities, roles, phases, the checklist, " +
		"clocks\nand audiences. Put it in the `playbooks` directory as `NAME.toml`; `warroom declare --playbook " +
		"NAME` uses it.\n\n- `warroom playbook new NAME` writes a small plan with comments as a starting point.\n- " +
		"`warroom playbook check FILE` lists every fault with its line and how to mend it.\n- `warroom playbook " +
		"show NAME` prints a plan with the sources of its lines.\n- `docs/playbook.schema.json` is a JSON Schema " +
		"for editors: put `#:schema PATH` in the first line.\n\nThe plan is written to the log when a room is " +
		"declared, so a room keeps the plan that it started with. Every\ntable may have `from`, the place in your " +
		"document that it was taken from; reports show it. A text has up to\n500 characters. An `id` has up to 40 " +
		"lower-case letters, digits, `-` and `_`; other tables refer to it.\n\nTemplates of updates " +
		"(`[[audiences]]`) may use these fields in braces, as `{severity}`. In an update to an\n" +
		"audience outside the company (`customers`, `public`, `status-page`, `regulator`, and any that needs\n" +
		"approval), what replaces a field names no assets and no people, except that `{actions}` has the text of\n" +
		"actions (`:action`) and a regulator gets a contact; read a draft before you approve it:\n\n"
	for _, f := range model.UpdateFields() {
		s += "- `{" + f.Name + "}`: " + f.What.String() + "\n"
	}
	return s + "\nThis page and the schema are generated from the code: `go test ./model/playbook -run TestDocuments " +
		"-docs`.\n"
}

const fromText = "place in your document that this was taken from"

// fixedKeys are the keys whose values do not come from the program's own lists.
var fixedKeys = map[string]schema.Key{
	"title":  {Text: "the title of the plan", Required: true, Example: `"Security incident"`},
	"source": {Text: "the document that the plan was taken from", Example: `"incident response plan, version 3"`},
	"notice": {Text: "a sentence shown with the legal clocks", Example: `"No legal advice: ask counsel."`},

	"kinds":       {Text: "Kinds of incident; a checklist item may apply only to some of them"},
	"kinds.id":    {Text: "name that other tables and `--kind` use", Required: true, Example: `"credential-leak"`},
	"kinds.label": {Text: "name that people read", Required: true},
	"kinds.from":  {Text: fromText},

	"severities":               {Text: "Severities, the worst with rank 1; at least one"},
	"severities.id":            {Text: "name that people type", Required: true, Example: `"SEV-1"`},
	"severities.aliases":       {Text: "other names that people may type", Example: `["P0"]`},
	"severities.label":         {Text: "name that people read", Required: true, Example: `"Critical"`},
	"severities.rank":          {Text: "1 for the worst, then 2, 3; each once", Required: true},
	"severities.definition":    {Text: "when an incident has this severity"},
	"severities.from":          {Text: fromText},
	"severities.criteria":      {Text: "Criteria for this severity"},
	"severities.criteria.id":   {Text: "name that people type", Required: true},
	"severities.criteria.text": {Text: "the reason", Required: true},
	"severities.criteria.from": {Text: fromText},

	"roles":           {Text: "Roles, in the order of the screen; at least one"},
	"roles.id":        {Text: "name that other tables and people use", Required: true, Example: `"commander"`},
	"roles.aliases":   {Text: "other names that people may type", Example: `["ic"]`},
	"roles.label":     {Text: "name that people read", Required: true},
	"roles.short":     {Text: "name for narrow screens", Example: `"IC"`},
	"roles.duties":    {Text: "what the holder has to do; shown when the role is taken"},
	"roles.mandatory": {Text: "the role has to be filled; the room shows how long it has been vacant"},
	"roles.many":      {Text: "several people may hold the role at once"},
	"roles.powers":    {Text: "what the holder may do beyond writing"},
	"roles.from":      {Text: fromText},
	"roles.deputy-of": {Text: "the role that the holder of this one is offered if it is vacant or its holder is " +
		"silent"},
	"roles.silent-after": {Text: "how long the holder may be silent before the room shows it", Length: true},

	"phases":           {Text: "Phases of the work, in order; at least one"},
	"phases.id":        {Text: "name that other tables and people use", Required: true, Example: `"containment"`},
	"phases.aliases":   {Text: "other names that people may type"},
	"phases.label":     {Text: "name that people read", Required: true},
	"phases.objective": {Text: "what the phase has to achieve"},
	"phases.from":      {Text: fromText},

	"items":           {Text: "The checklist, by phase; up to 500 items"},
	"items.id":        {Text: "name that other tables and people use", Required: true, Example: `"revoke-key"`},
	"items.phase":     {Text: "the phase it belongs to", Required: true},
	"items.text":      {Text: "what to do", Required: true},
	"items.kinds":     {Text: "kinds of incident that it applies to; if left out, all of them"},
	"items.if":        {Text: "the condition under which it applies"},
	"items.needs":     {Text: "items or groups that have to be done before it"},
	"items.group":     {Text: "the group it is in: one item of a group is enough"},
	"items.role":      {Text: "the role that has to do it"},
	"items.only-role": {Text: "only the holder of the role may check it"},
	"items.preserves": {Text: "the class of evidence that it secures"},
	"items.destroys-evidence": {Text: "it waits for the classes in `evidence` or, without those, for every class " +
		"that items preserve"},
	"items.urgent": {Text: "it has to be done at once; it is shown first, with the time that it has been " +
		"open"},
	"items.ref":       {Text: "a document to read, as text or a URL"},
	"items.from":      {Text: fromText},
	"items.meets":     {Text: "the clock that is met when it is done"},
	"items.milestone": {Text: "the milestone that is reached when it is done"},
	"items.contains":  {Text: "it is done when every known asset of this type is contained"},
	"items.pages": {Text: "the purpose of the page that checks the item once it is delivered",
		Example: `"security on-call"`},
	"items.evidence":   {Text: "classes of evidence that have to be in the register before it is done"},
	"items.two-people": {Text: "doing it out of order requires a second person to confirm"},
	"items.scan-after": {Text: "items or groups after which a scan has to be ingested before it is done"},
	"items.if-done":    {Text: "it is needed only if this other item was done"},
	"items.follow-up":  {Text: "the follow-up that resolving adds unless the item is done"},
	"items.independent-of": {Text: "items or groups that somebody else has to do; the room shows it if the same " +
		"person did both"},

	"conditions":    {Text: "Questions that decide whether items apply"},
	"conditions.id": {Text: "name that `if` of items uses", Required: true},
	"conditions.text": {Text: "the question that people read",
		Required: true, Example: `"if sessions are involved"`},
	"conditions.exposure": {Text: "an assessment of exposure answers it too"},
	"conditions.from":     {Text: fromText},

	"groups":      {Text: "Sets of items; doing one item of a set is enough"},
	"groups.id":   {Text: "name that items use", Required: true},
	"groups.text": {Text: "the name that people read", Required: true},
	"groups.from": {Text: fromText},

	"clocks":             {Text: "Deadlines and intervals. A clock has exactly one of `after`, `every` and `at-least`"},
	"clocks.id":          {Text: "name that other tables and people use", Required: true, Example: `"validate"`},
	"clocks.label":       {Text: "name that people read", Required: true},
	"clocks.start":       {Text: "what starts it", Required: true},
	"clocks.after":       {Text: "due once, this long after its start", Length: true, Example: `"15m"`},
	"clocks.every":       {Text: "due repeatedly, this long after each time that it is met", Length: true},
	"clocks.at-least":    {Text: "it has to run out before the room may be closed", Length: true},
	"clocks.by-severity": {Text: "other lengths of `after` or `every`, by severity", Length: true},
	"clocks.severities":  {Text: "it runs only at these severities"},
	"clocks.audience":    {Text: "an update or a notice to this audience meets it"},
	"clocks.owner":       {Text: "the role that has to meet it"},
	"clocks.law":         {Text: "it comes from law, not from the plan"},
	"clocks.regime":      {Text: "the law it comes from", Example: `"gdpr"`},
	"clocks.met-by":      {Text: "the milestone that meets it"},
	"clocks.from":        {Text: fromText},

	"audiences":             {Text: "Recipients of updates and notices"},
	"audiences.id":          {Text: "name that other tables and people use", Required: true, Example: `"executives"`},
	"audiences.label":       {Text: "name that people read", Required: true},
	"audiences.channel":     {Text: "how the audience is reached; shown with its updates", Example: `"#incidents"`},
	"audiences.from":        {Text: fromText},
	"audiences.conditions":  {Text: "template of the first part of an update: the conditions"},
	"audiences.actions":     {Text: "template of the second part: the actions"},
	"audiences.needs":       {Text: "template of the third part: the needs (what the audience is asked for)"},
	"audiences.approval":    {Text: "the commander approves an update before it is sent"},
	"audiences.on-exposure": {Text: "a draft is prepared as soon as exposure is suspected"},

	"controls":             {Text: "Rows of the compliance table in the report"},
	"controls.id":          {Text: "name of the row", Required: true},
	"controls.framework":   {Text: "the framework and its number", Required: true, Example: `"SOC2 CC7.1"`},
	"controls.requirement": {Text: "what the framework requires", Example: `"Detection"`},
	"controls.text":        {Text: "how the plan meets it", Required: true},
	"controls.tools":       {Text: "tools that are involved"},
	"controls.event-kinds": {Text: "kinds of entries that are evidence for it in the log", Example: `["item.done"]`},
	"controls.from":        {Text: fromText},

	"triggers":       {Text: "Sources of alerts that the plan names"},
	"triggers.id":    {Text: "name of the source", Required: true},
	"triggers.label": {Text: "name that people read", Required: true},
	"triggers.from":  {Text: fromText},

	"artifacts":       {Text: "What has to exist when the incident is over"},
	"artifacts.id":    {Text: "name that other tables use", Required: true},
	"artifacts.label": {Text: "name that people read", Required: true},
	"artifacts.from":  {Text: fromText},

	"radar": {Text: "Limits after which the room shows that something has been silent for too long; a limit that is " +
		"left out is off"},
	"radar.no-entry":     {Text: "nobody has written anything", Length: true, Example: `"15m"`},
	"radar.role-empty":   {Text: "nobody has held a mandatory role", Length: true},
	"radar.role-silent":  {Text: "the holder of a role with open items has written nothing", Length: true},
	"radar.ask-overdue":  {Text: "an ask has been overdue for this long", Length: true},
	"radar.urgent-idle":  {Text: "nobody has started an urgent item", Length: true},
	"radar.item-silent":  {Text: "an item was started and its owner has written nothing", Length: true},
	"radar.item-blocked": {Text: "an item has been blocked", Length: true},
	"radar.page-silent":  {Text: "nobody has acknowledged a page; the hub then records the next contact", Length: true},
	"radar.update-soon":  {Text: "how long before an update is due the room asks for it", Length: true},
	"radar.draft-waits":  {Text: "a draft of an update has been waiting for approval", Length: true},
	"radar.age":          {Text: "how often the room shows the age of the incident", Length: true},

	"answer-open":  {Text: "resolving and closing are refused until everything open is done or answered with a reason"},
	"store-report": {Text: "the report is added to the evidence of the room when the room is closed"},
}
