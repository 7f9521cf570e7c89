package model

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// UpdateField is a field of an update template.
type UpdateField struct {
	Name string // name as written between braces
	What Safe   // description of its value
	of   func(*updateText) Safe
}

// UpdateFields returns the fields that the templates of a plan may use, by name.
func UpdateFields() []UpdateField {
	return []UpdateField{
		{Name: "actions", What: Lit("what was done since the last update to the audience"), of: (*updateText).actions},
		{Name: "asks", What: Lit("how many asks are open, and for whom"), of: (*updateText).asks},
		{Name: "blocked", What: Lit("checklist items that are blocked, and why"), of: (*updateText).blocked},
		{Name: "changes", What: Lit("what changed since the last update to the audience"), of: (*updateText).changes},
		{Name: "commander", What: Lit("who is in command"), of: (*updateText).commander},
		{Name: "deadlines", What: Lit("legal deadlines that are running, and when they are due"),
			of: (*updateText).deadlines},
		{Name: "doing", What: Lit("checklist items in progress"), of: (*updateText).doing},
		{Name: "exposure", What: Lit("whether personal data was exposed: not assessed, none, suspected, confirmed"),
			of: (*updateText).exposure},
		{Name: "headlines",
			What: Lit("the changes of severity, phase, exposure, impact and status since the last update to the " +
				"audience"),
			of: (*updateText).headlines},
		{Name: "impact", What: Lit("what is affected, and since when"), of: (*updateText).impact},
		{Name: "kind", What: Lit("kind of incident"), of: (*updateText).kind},
		{Name: "last", What: Lit("when the last update to the audience was sent"), of: (*updateText).last},
		{Name: "next", What: Lit("when the next update to the audience is due"), of: (*updateText).next},
		{Name: "phase", What: Lit("phase of the work"), of: (*updateText).phase},
		{Name: "regimes", What: Lit("the laws that the exposure is assessed for"), of: (*updateText).regimes},
		{Name: "scope", What: Lit("how many assets are compromised and contained, by type"), of: (*updateText).scope},
		{Name: "severity", What: Lit("severity and its label"), of: (*updateText).severity},
		{Name: "status", What: Lit("open, resolved or closed"), of: (*updateText).status},
		{Name: "title", What: Lit("title of the incident"), of: (*updateText).title},
	}
}

// The default templates.
const (
	defaultConditions = "{severity}, {phase}. Since {last}: {changes}. Exposure of data: {exposure}. Scope: {scope}."
	defaultActions    = "{actions}. In progress: {doing}. Next update {next}."
	defaultNeeds      = "Blocked: {blocked}. Asks: {asks}."
)

// Limits on the lists in a field.
const (
	maxFieldItems = 6
	maxFieldRunes = 160
)

var updateField = regexp.MustCompile(`\{([a-z-]*)\}`)

// UnknownFields returns the fields of a template that do not exist.
func UnknownFields(template string) []string {
	var out []string
	for _, m := range updateField.FindAllStringSubmatch(template, -1) {
		if !slices.ContainsFunc(UpdateFields(), func(f UpdateField) bool { return f.Name == m[1] }) {
			out = append(out, m[1])
		}
	}
	return out
}

// updateText is the data for a draft to one audience.
type updateText struct {
	r        *Room
	audience *Audience
	since    uint64 // sequence of the last update to the audience; if 0, none
	now      time.Time
}

// DraftUpdate drafts an update to an audience from the log, with the templates of
// the plan. It returns nil if the plan has no such audience.
func (r *Room) DraftUpdate(audience string, now time.Time) *UpdateSent {
	a := r.Plan.Audience(audience)
	if a == nil {
		return nil
	}
	t := &updateText{r: r, audience: a, since: r.Updates[a.ID].Seq, now: now}
	if a.Conditions+a.Actions+a.Needs == "" {
		return &UpdateSent{Audience: a.ID, Conditions: t.fill(defaultConditions), Actions: t.fill(defaultActions),
			Needs: t.fill(defaultNeeds)}
	}
	return &UpdateSent{Audience: a.ID, Conditions: t.fill(a.Conditions), Actions: t.fill(a.Actions),
		Needs: t.fill(a.Needs)}
}

// fill replaces the fields of a template. It removes "|" from their values, since
// that separates the parts of an update when it is typed.
func (t *updateText) fill(template string) string {
	fields := UpdateFields()
	return updateField.ReplaceAllStringFunc(template, func(m string) string {
		i := slices.IndexFunc(fields, func(f UpdateField) bool { return f.Name == m[1:len(m)-1] })
		if i < 0 {
			return m
		}
		s := strings.TrimRight(fields[i].of(t).String(), ". ")
		return strings.ReplaceAll(s, "|", "/")
	})
}

// Words returns the update in the form in which it is typed.
func (b *UpdateSent) Words() string {
	s := b.Conditions
	if b.Actions != "" || b.Needs != "" {
		s += " | " + b.Actions
	}
	if b.Needs != "" {
		s += " | " + b.Needs
	}
	return s
}

// fieldList joins the parts of a field. It keeps the newest ones, each shortened, up
// to the limits.
func fieldList(none lit, parts ...Safe) Safe {
	if len(parts) == 0 {
		return Lit(none)
	}
	more := max(0, len(parts)-maxFieldItems)
	out := make([]Safe, 0, maxFieldItems+1)
	for _, p := range parts[more:] {
		if c := []rune(p.String()); len(c) > maxFieldRunes {
			p = Safef("%s ...", CleanLine(string(c[:maxFieldRunes])))
		}
		out = append(out, p)
	}
	if more > 0 {
		out = append(out, Safef("and %d more in the room", more))
	}
	return JoinSafe(Lit("; "), out...)
}

// changeKinds are the kinds of lines that describe the conditions.
var changeKinds = []Kind{KindSeverityChanged, KindPhaseEntered, KindExposureAssessed, KindDecisionMade,
	KindFindingRecorded, KindHypothesisSupported, KindHypothesisEliminated, KindImpactStarted, KindImpactEnded,
	KindIncidentResolved, KindIncidentReopened, KindAssetAdded, KindAssetState, KindPollClosed}

// headlineKinds are the kinds of lines that people outside the response need.
var headlineKinds = []Kind{KindSeverityChanged, KindPhaseEntered, KindExposureAssessed, KindImpactStarted,
	KindImpactEnded, KindIncidentResolved, KindIncidentReopened}

// actionKinds are the kinds of lines that describe actions.
var actionKinds = []Kind{KindActionTaken, KindItemDone, KindGateOverridden, KindIOCBlocked}

// lines returns the lines of the given kinds since the last update to the audience.
// If the room was restored from a snapshot, it returns only those that the room
// holds.
func (t *updateText) lines(kinds []Kind) []Safe {
	var out []Safe
	all := t.r.Lines()
	for i := len(all) - 1; i >= 0 && all[i].Seq > t.since; i-- {
		l := all[i]
		if slices.Contains(kinds, l.Kind) && l.Refused.IsEmpty() && t.r.Marks[l.Seq].Retracted == "" && !l.Pending {
			w := t.words(l)
			if t.audience.isOutside() {
				w = t.outsideWords(l, w)
			}
			out = append(out, w)
		}
	}
	slices.Reverse(out)
	return out
}

// number is the number at the beginning of the text of a line.
var number = regexp.MustCompile(`^\d+ +`)

// words returns a line in words for people who do not read the log.
func (t *updateText) words(l *Line) Safe {
	s := number.ReplaceAllString(t.r.Text(l).String(), "")
	switch l.Kind {
	case KindActionTaken, KindIOCBlocked, KindAssetAdded, KindAssetState, KindIncidentResolved:
		return CleanLine(s)
	case KindImpactStarted, KindImpactEnded:
		return Safef("impact %s", s)
	case KindPhaseEntered: // without what the phase is for
		s, _, _ = strings.Cut(s, ":")
	case KindItemDone:
		return Safef("done: %s", s)
	case KindDecisionMade:
		return Safef("decided: %s", s)
	case KindFindingRecorded:
		return Safef("found: %s", s)
	}
	return Safef("%s: %s", l.Word(), s)
}

func (t *updateText) headlines() Safe {
	return fieldList("no change of severity, phase, exposure or impact", t.lines(headlineKinds)...)
}
func (t *updateText) changes() Safe { return fieldList("nothing changed", t.lines(changeKinds)...) }
func (t *updateText) actions() Safe { return fieldList("nothing done", t.lines(actionKinds)...) }
func (t *updateText) title() Safe   { return CleanLine(t.r.Title) }
func (t *updateText) status() Safe  { return CleanLine(string(t.r.Status)) }

func (t *updateText) severity() Safe {
	if s := t.r.Plan.Severity(t.r.Severity); s != nil {
		return Safef("%s (%s)", s.ID, s.Label)
	}
	return CleanLine(t.r.Severity)
}

func (t *updateText) kind() Safe {
	if d := t.r.Plan.KindDef(t.r.Kind); d != nil {
		return CleanLine(d.Label)
	}
	return Lit("of a kind not set yet")
}

func (t *updateText) phase() Safe {
	if d := t.r.Plan.Phase(t.r.Phase); d != nil && t.r.Status != Closed {
		return CleanLine(d.Label)
	}
	return CleanLine(string(t.r.Status))
}

func (t *updateText) exposure() Safe {
	if t.r.Exposure == nil {
		return Lit("not assessed")
	}
	return CleanLine(t.r.Exposure.Level)
}

func (t *updateText) regimes() Safe {
	if x := t.r.Exposure; x != nil && len(x.Regimes) > 0 {
		return CleanLine(strings.ToUpper(strings.Join(x.Regimes, ", ")))
	}
	return Lit("none named")
}

func (t *updateText) scope() Safe {
	if s := t.r.ScopeLine(); !s.IsEmpty() {
		return s
	}
	return Lit("no asset recorded")
}

func (t *updateText) commander() Safe {
	if t.audience.isOutside() {
		return t.contact()
	}
	return CleanLine(nobody(t.r.Commanders()))
}

func (t *updateText) impact() Safe {
	var out []Safe
	for i := range t.r.Impacts {
		if x := &t.r.Impacts[i]; x.Until.IsZero() {
			out = append(out, Safef("%s since %s", t.affected(x), FormatTime(x.From)))
		}
	}
	return fieldList("none recorded", out...)
}

func (t *updateText) items(state ItemState) Safe {
	if t.audience.isOutside() {
		return fieldList("nothing", t.itemTexts(state)...)
	}
	return fieldList("nothing", t.r.briefItems(state)...)
}

func (t *updateText) doing() Safe   { return t.items(ItemDoing) }
func (t *updateText) blocked() Safe { return t.items(ItemBlocked) }

func (t *updateText) asks() Safe {
	var out []Safe
	if n := len(t.r.OpenAsks()); n > 0 && t.audience.isOutside() {
		return Safef("%d open", n)
	}
	for _, a := range t.r.OpenAsks() {
		out = append(out, Safef("%d to %s: %s", a.N, t.r.AskTo(&a), CleanLine(a.Text)))
	}
	return fieldList("none", out...)
}

func (t *updateText) last() Safe {
	u, ok := t.r.Updates[t.audience.ID]
	if !ok {
		return Safef("the declaration at %s", FormatTime(t.r.DeclaredAt))
	}
	return Safef("update %d at %s", u.Count, FormatTime(u.At))
}

// next returns when the next update will be due if this one is sent now.
func (t *updateText) next() Safe {
	for _, v := range t.r.ClockViews(t.now) {
		if v.Def.Audience == t.audience.ID && v.Def.Every > 0 && v.Run.Runs() {
			return Safef("by %s", FormatTime(t.now.Add(v.Cadence(t.r.Severity))))
		}
	}
	return Lit("when there is news")
}

func (t *updateText) deadlines() Safe {
	var out []Safe
	for _, v := range t.r.ClockViews(t.now) {
		if v.Def.Law && v.State.rank() <= 1 {
			out = append(out, Safef("%s by %s", v.Def.Label, FormatTime(v.Run.DueAt)))
		}
	}
	return fieldList("no legal deadline is running", out...)
}

// PreparedUpdates returns the audiences for which an update is prepared because
// exposure is suspected or confirmed, and to which nobody has drafted or sent one
// since. Nothing is sent automatically.
func (r *Room) PreparedUpdates() []*Audience {
	x := r.Exposure
	if x == nil || x.Level == ExposureNone || r.Plan == nil || r.Status == Closed {
		return nil
	}
	var out []*Audience
	for i := range r.Plan.Audiences {
		a := &r.Plan.Audiences[i]
		drafted := slices.ContainsFunc(r.Drafts,
			func(d UpdateDraft) bool { return d.Audience == a.ID && d.Seq > r.exposedSeq() && d.WithdrawnBy == "" })
		if a.OnExposure && !drafted && r.Updates[a.ID].Seq <= r.exposedSeq() {
			out = append(out, a)
		}
	}
	return out
}

// exposedSeq returns the sequence of the entry since which exposure is suspected or
// confirmed.
func (r *Room) exposedSeq() uint64 {
	seq := uint64(0)
	for _, x := range slices.Backward(append(slices.Clone(r.Assessments), *r.Exposure)) {
		if x.Level == ExposureNone {
			break
		}
		seq = x.Seq
	}
	return seq
}
