package model

import (
	"path"
	"slices"
	"strings"
)

// Words in the place of a name that nothing has. Where a text may follow instead, such a word is
// not stored as the text without a question.

// regimesElsewhere are laws and standards that people name in an assessment, and that a plan may
// have no clock for.
var regimesElsewhere = []string{"ccpa", "dora", "dpdp", "gdpr", "hipaa", "kvkk", "lgpd", "nis2", "pci", "pdpa",
	"pipeda", "popia", "sox"}

// plainWords are English words that differ from a name in one letter, and that a text may begin
// with.
var plainWords = []string{"comes", "commanded", "overrode"}

// misspelled returns the name that a word is probably a misspelling of, or "" if there is none: it
// begins with the same letter, and one letter differs or two are swapped. The beginning of a name,
// and a name with an ending, are words of their own.
func misspelled(word string, names []string) string {
	w := strings.ToLower(strings.Trim(word, ",:;."))
	for _, n := range names {
		name := strings.ToLower(n)
		if w == "" || len(name) < 4 || w[0] != name[0] || strings.HasPrefix(w, name) || strings.HasPrefix(name, w) ||
			slices.Contains(plainWords, w) {
			continue
		}
		if Distance(w, name) <= 1 || isSwapped(w, name) {
			return n
		}
	}
	return ""
}

// isSwapped reports whether two words differ only in the order of two letters side by side.
func isSwapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}

// usage returns the usage of the command that is parsed.
func (a *args) usage() Safe { return Safef(":%s %s", Lit(a.verb.name), Lit(a.verb.args)) }

// unlike refuses the beginning of a text if it is a misspelling of one of the names. what is the
// noun for the names, part the one for the text.
func (a *args) unlike(what, part lit, text string, names ...string) error {
	words := strings.Fields(text)
	for _, n := range names {
		k := len(strings.Fields(n))
		if k == 0 || k > len(words) {
			continue
		}
		w := strings.Join(words[:k], " ")
		if meant := misspelled(w, []string{n}); meant != "" {
			return Refuse(NotFound, "there is no %s %s; did you mean %s? If it is the %s, begin it with another "+
				"word: %s",
				Lit(what), quoted(w), meant, Lit(part), a.usage())
		}
	}
	return nil
}

// mistyped refuses a line whose text begins with, or is, a word that looks like a name.
func (a *args) mistyped(b Body) error {
	if err := a.noReason(); err != nil {
		return err
	}
	switch b := b.(type) {
	case *ImpactChanged:
		if b.Asset == "" {
			return a.notAsset(b.Reason, b.kind == KindImpactStarted)
		}
	case *IOCAdded:
		return a.oneIndicator(b)
	case *ItemDoneBody:
		return a.unlike("word", "note", b.Note, "override")
	case *IncidentResolved:
		if w := strings.Fields(b.Text); len(w) > 1 && isPointKind(w[1]) {
			return a.unlike("word", "text", b.Text, "answer")
		}
		return a.unlike("word", "text", b.Text, "override")
	case *SeverityChanged:
		if b.Criterion == "" {
			return a.notCriterion(b)
		}
	case *ExposureAssessed:
		return a.notRegime(b)
	case *ClockSnoozedBody:
		return a.unlike("clock", "reason", b.Reason, a.Room.clockNames()...)
	case *RoomRestricted:
		if w := strings.TrimSpace(b.Reason); b.Mode != RestrictOff && ValidHandle(w) && a.Room.met(w) {
			return Refuse(Invalid, "%s is a person; write @%s, or begin the reason with another word: %s", quoted(w), w,
				a.usage())
		}
	case *Entry:
		if w := strings.Fields(b.Text); b.ownKind() == KindEvidenceNoted && len(w) == 1 && looksLikeFile(w[0]) {
			return Refuse(Invalid, "%s may be a file, which is added with :evidence ./%s --class log; a text has "+
				"more than one word", quoted(w[0]), w[0])
		}
	}
	return nil
}

// looksLikeFile reports whether a word has the ending of a file that people collect as evidence.
func looksLikeFile(w string) bool {
	return !strings.Contains(w, "://") && slices.Contains([]string{".bin", ".csv", ".dmp", ".eml", ".evtx", ".gz",
		".img", ".json", ".jsonl", ".log", ".mem", ".msg", ".pcap", ".pcapng", ".pdf", ".png", ".raw", ".sql", ".tar",
		".tgz", ".txt", ".xml", ".zip"}, strings.ToLower(path.Ext(w)))
}

// isPointKind reports whether a word is the first of the id of an open point.
func isPointKind(w string) bool {
	return slices.Contains([]string{"ask", "clock", "draft", "exposure", "follow-up", "followup", "group", "impact",
		"item", "poll", "resolution", "review", "role"}, strings.ToLower(w))
}

// noReason refuses a reason or note that is nothing but a person or a number.
func (a *args) noReason() error {
	for _, p := range a.parsed {
		name, w := p.Name.String(), p.Value.String()
		switch {
		case name != "reason" && name != "note":
		case isPerson(w) && ValidHandle(strings.ToLower(w[1:])):
			return Refuse(Invalid, "%s is a person, and not a %s: %s", quoted(w), p.Name, a.usage())
		case onlyNumbers(w):
			return Refuse(Invalid, "%s is a number, and not a %s: %s", quoted(w), p.Name, a.usage())
		}
	}
	return nil
}

// notAsset refuses a reason of an impact on the incident as a whole that looks like an asset: the
// misspelling of one or, where an impact starts, a type or a name such as web-3 as the only word. Any
// other word is a reason, such as "outage".
func (a *args) notAsset(reason string, starts bool) error {
	var list []Safe
	for _, x := range a.Room.Assets {
		if x.Name == Blank {
			continue
		}
		list = append(list, Safef("%d (%s)", x.N, x.Words()))
		if err := a.unlike("asset", "reason", reason, x.Name); err != nil {
			return err
		}
	}
	w := strings.TrimSpace(reason)
	switch {
	case !starts || strings.Contains(w, " ") || !looksLikeName(w) && !slices.Contains(AssetTypes, strings.ToLower(w)):
		return nil
	case len(list) == 0:
		return Refuse(NotFound, "there is no asset %s: the room has none, :asset TYPE NAME STATE adds one; if it is "+
			"the reason, begin it with another word: %s", quoted(w), a.usage())
	}
	return Refuse(NotFound, "there is no asset %s; the room has %s; if it is the reason, begin it with another "+
		"word: %s", quoted(w), JoinSafe(Lit(", "), list...), a.usage())
}

// looksLikeName reports whether a word looks like the name of a machine or a service, and not like
// one of a text: it has a digit, or a sign inside.
func looksLikeName(w string) bool {
	return strings.ContainsAny(strings.Trim(w, ".,;:!?()\"'"), "0123456789-_./:@\\")
}

// oneIndicator refuses a reason that begins with another value of the type of the indicator. Any word
// is the name of an account.
func (a *args) oneIndicator(b *IOCAdded) error {
	w := strings.Trim(firstWord(b.Reason), ",;")
	if _, err := indicatorValue(b.Type, w); b.Type == IndicatorAccount || w == "" || err != nil {
		return nil
	}
	return Refuse(Invalid, "write one line for each indicator; a reason does not begin with %s: %s", quoted(w),
		a.usage())
}

// notCriterion refuses a reason of a severity that begins with the misspelling of a criterion, or
// that is nothing but the hyphenated name of one that belongs to another severity.
func (a *args) notCriterion(b *SeverityChanged) error {
	w := strings.Trim(firstWord(b.Reason), ",:;.")
	for _, s := range a.Room.Plan.Severities {
		for _, c := range s.Criteria {
			if s.ID != b.To && strings.EqualFold(c.ID, strings.TrimSpace(b.Reason)) && strings.Contains(w, "-") {
				return Refuse(Invalid, "%s is a criterion of %s, and not of %s; if it is the reason, begin it with "+
					"another word: %s", quoted(w), s.ID, b.To, a.usage())
			}
		}
	}
	var names []string
	for _, c := range a.Room.Plan.Severity(b.To).Criteria {
		names = append(names, c.ID)
	}
	return a.unlike("criterion", "reason", b.Reason, names...)
}

// notRegime refuses a reason that begins with the misspelling of a regime, or with a regime that
// the plan does not have: in capitals, or as the only word.
func (a *args) notRegime(b *ExposureAssessed) error {
	var names []string
	for _, d := range a.Room.Plan.Clocks {
		if r := strings.ToUpper(d.Regime); r != "" && !slices.Contains(names, r) {
			names = append(names, r)
		}
	}
	w := strings.Trim(firstWord(b.Why), ",:;.")
	named := w == strings.ToUpper(w) || len(strings.Fields(b.Why)) == 1
	if named && slices.Contains(regimesElsewhere, strings.ToLower(w)) && len(names) > 0 {
		return Refuse(NotFound, "the plan has no regime %s; it has: %s; if it is the reason, begin it with another "+
			"word: %s", quoted(w), strings.Join(names, ", "), a.usage())
	}
	return a.unlike("regime", "reason", b.Why, names...)
}

func (r *Room) clockNames() []string {
	return strings.Split(r.Plan.clockIDs(), ", ")
}

func (r *Room) audienceNames() []string {
	return strings.Split(r.Plan.audienceIDs(), ", ")
}

// roleWords returns what the roles of the plan are called.
func (r *Room) roleWords() []string {
	var out []string
	for _, n := range r.Plan.roleNames() {
		out = append(append(out, n.id), n.words...)
	}
	return out
}
