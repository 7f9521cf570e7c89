package cli

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/report"
	"warroom/ui/cli/jsonform"
	"warroom/ui/present"
	"warroom/ui/uitest/recount"
)

// The names of the shipped plan, written again independently.
var (
	roleNames = map[string]string{"commander": "Incident Commander", "scribe": "Scribe",
		"security-lead": "Security Lead",
		"sre":           "SRE Representative", "comms": "Communications Lead", "sme": "Subject Matter Expert"}
	phaseNames = map[string]string{"triage": "Triage", "containment": "Containment", "eradication": "Eradication",
		"recovery": "Recovery", "monitoring": "Monitoring", "review": "Review"}
	severityNames = map[string]string{"SEV-1": "SEV-1 Critical", "SEV-2": "SEV-2 High", "SEV-3": "SEV-3 Medium"}
	audienceNames = map[string]string{"responders": "Responders", "executives": "Executives", "legal": "Legal",
		"customers": "Customers", "regulator": "Regulators"}
)

// lifeOf has the history of a room in status --json.
type lifeOf struct {
	RoleRuns []struct {
		Role, Person, By string
		From, Until      time.Time
	} `json:"role_history"`
	Phases []struct {
		Phase, By   string
		From, Until time.Time
	}
	Severities []struct {
		Severity, By string
		From, Until  time.Time
	}
	Statuses []struct {
		Status, By      string
		From, Until, At time.Time
	}
	Notices, Updates []struct {
		Audience, By string
		Seq          uint64
		At           time.Time
		RecordedAt   time.Time `json:"recorded_at"`
	}
	Exposure *struct {
		Level, By, Subjects string
		Regimes             []string
		Aware, At           time.Time
		Seq                 uint64
	}
	Severity, Status string
	Roles            []struct {
		ID      string
		Holders []string
	}
}

// lifeFaults returns where the report, the JSON or the text of status differs from the
// recount in roles, phases, severities, statuses or notices.
func lifeFaults(t *testing.T, s *stage, d *report.Report) (bad []string) {
	t.Helper()
	want := recount.LifeOf(s.log)
	same := func(face string, got, want []string) {
		if !slices.Equal(got, want) {
			bad = append(bad,
				fmt.Sprintf("%s has\n  %s\nthe recount\n  %s", face, strings.Join(got, "\n  "),
					strings.Join(want, "\n  ")))
		}
	}
	raw, err := json.Marshal(jsonform.Status(&model.View{Short: "inc-1", Room: s.room}, s.now))
	var j lifeOf
	if err == nil {
		err = json.Unmarshal(raw, &j)
	}
	if err != nil {
		t.Fatalf("status --json: got %v, want it read", err)
	}
	reportSame(d, &want, same)
	jsonSame(&j, &want, same)
	markdownSame(string(d.Markdown()), &want, s.room.Status == model.Closed, same)
	var status strings.Builder
	for _, l := range present.Status(&model.View{Short: "inc-1", Room: s.room}, s.now, time.UTC) {
		fmt.Fprintln(&status, l)
	}
	exposedSame(d, &j, string(d.Markdown()), status.String(), &want, same)
	for face, text := range map[string]string{"Markdown": string(d.Markdown()), "status": status.String()} {
		for _, m := range illWorded.FindAllStringIndex(text, -1) {
			bad = append(bad,
				fmt.Sprintf("%s has %q in %q", face, text[m[0]:m[1]], text[max(0, m[0]-70):min(len(text), m[1]+30)]))
		}
	}
	return append(bad, wordsLack(status.String(), &want)...)
}

// illWorded matches what a report must not contain: invalid times and durations, a
// missing author, a wrong plural, names of the wire format.
var illWorded = regexp.MustCompile(
	`0001-01-01|9223372036|\bby [,;:.)]|\b1 (events|entries|items|updates|days|times|messages|clocks|people)\b|` +
		`%!|\(\)|, ,|; ;|: \||<nil>|goes on|anew|\b[a-z]+\\_[a-z]+\b|\b(incident|clock|role|item|entry|phase|update|` +
		`notice|exposure|milestone|handoff)\.[a-z]+\b|[ (]-\d+ (s|min|h|days)`)

func row(parts ...any) string {
	for i, p := range parts {
		switch v := p.(type) {
		case time.Time:
			parts[i] = moment(v)
		case *time.Time:
			parts[i] = "-"
			if v != nil {
				parts[i] = moment(*v)
			}
		}
	}
	return strings.TrimSuffix(fmt.Sprintln(parts...), "\n")
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("01-02 15:04:05.000")
}

// rowsOf returns sorted rows of a recount or of an output, because outputs list roles in
// the order of the plan.
func rowsOf[T any](list []T, words func(T) string) []string {
	out := make([]string, 0, len(list))
	for _, v := range list {
		out = append(out, words(v))
	}
	return out
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

func stretchRow(s recount.Stretch) string { return row(s.ID, s.By, s.From, s.Until) }

func assessedRow(a recount.Assessed) string {
	return row(a.Entry, a.Level, a.Subjects, a.By, a.Regimes, a.Aware, a.Recorded)
}

// exposedSame compares the assessments of exposure and the times of awareness.
func exposedSame(d *report.Report, j *lifeOf, text, status string, want *recount.Life, same differ) {
	same("the report's assessments", rowsOf(d.Assessed, func(x report.Exposure) string {
		var aware time.Time
		if x.Aware != nil {
			aware = *x.Aware
		}
		return row(x.Entry, x.Level, x.Subjects, x.By, x.Regimes, aware, x.At)
	}), rowsOf(want.Assessed, func(a recount.Assessed) string {
		if a.Level == "none" { // of nobody, and nothing counts from then
			a.Aware, a.Subjects = time.Time{}, ""
		}
		return assessedRow(a)
	}))
	same("the report's awareness", rowsOf(d.Aware, func(a report.Aware) string {
		return row(a.Entry, a.By, a.At, a.Earliest && a.At.Equal(want.Aware), a.OfEntry)
	}), rowsOf(want.Claims, func(c recount.Claim) string {
		first := slices.IndexFunc(want.Claims, func(o recount.Claim) bool { return o.At.Equal(want.Aware) })
		return row(c.Entry, c.By, c.At, want.Claims[first].Entry == c.Entry, !c.Given)
	}))
	same("Markdown's assessments", cells(text, "## Blast radius", 3), rowsOf(want.Assessed,
		func(a recount.Assessed) string {
			return fmt.Sprintf("%d, %s, %s", a.Entry, a.Recorded.UTC().Format("2006-01-02 15:04:05 UTC"), a.Level)
		}))
	if len(want.Assessed) == 0 {
		if j.Exposure != nil || strings.Contains(status, "Exposure: ") {
			same("JSON's and status' exposure", []string{"some"}, nil)
		}
		return
	}
	last := want.Assessed[len(want.Assessed)-1]
	last.Aware = want.Aware
	if j.Exposure == nil {
		same("JSON's exposure", nil, []string{assessedRow(last)})
		return
	}
	x := j.Exposure
	same("JSON's exposure", []string{row(x.Seq, x.Level, x.Subjects, x.By, x.Regimes, x.Aware, x.At)},
		[]string{assessedRow(last)})
	line := "Exposure: " + last.Level + ", by " + last.By
	since := "aware since " + last.Aware.UTC().Format("2006-01-02 15:04:05 UTC")
	_, rest, ok := strings.Cut(status, line)
	rest, _, _ = strings.Cut(rest, "\n")
	if !ok || last.Level != "none" && !strings.Contains(rest, since) {
		same("the exposure of status", []string{rest}, []string{line, since})
	}
}

type differ func(face string, got, want []string)

func reportSame(d *report.Report, want *recount.Life, same differ) {
	same("the report's roles",
		sorted(rowsOf(d.Roles, func(h report.Holder) string { return row(h.Role, h.Handle, h.By, h.From, h.Until) })),
		sorted(rowsOf(want.Roles, func(h recount.Held) string { return row(h.Role, h.Person, h.By, h.From, h.Until) })))
	span := func(s report.Span) string { return row(s.ID, s.By, s.From, s.Until) }
	same("the report's phases", rowsOf(d.Phases, span), rowsOf(want.Phases, stretchRow))
	same("the report's severities", rowsOf(d.Severities, span), rowsOf(want.Severities, stretchRow))
	same("the report's statuses",
		rowsOf(d.Statuses, func(s report.Span) string { return row(s.ID, s.By, s.From, s.Until, s.Done) }),
		rowsOf(want.Statuses, func(s recount.Stretch) string { return row(s.ID, s.By, s.From, s.Until, s.At) }))
	same("the report's people told", rowsOf(d.Notices, func(n report.Notice) string {
		name, _, _ := strings.Cut(n.Audience.String(), " (")
		return row(name, n.By, n.At, n.Recorded, n.Entry, n.Update)
	}), rowsOf(want.Notified, func(n recount.Notified) string {
		return row(audienceNames[n.Audience], n.By, n.At, n.Recorded, n.Entry, n.Update)
	}))
}

func jsonSame(j *lifeOf, want *recount.Life, same differ) {
	held := func(h recount.Held) string { return row(h.Role, h.Person, h.By, h.From, h.Until) }
	var got, now []string
	for _, r := range j.RoleRuns {
		got = append(got, row(r.Role, r.Person, r.By, r.From, r.Until))
	}
	same("JSON's roles", got, rowsOf(want.Roles, held))
	got = nil
	for _, r := range j.Roles {
		for _, h := range r.Holders {
			got = append(got, row(r.ID, h))
		}
	}
	for _, h := range want.Roles {
		if h.Until.IsZero() {
			now = append(now, row(h.Role, h.Person))
		}
	}
	same("JSON's holders", sorted(got), sorted(now))
	got = nil
	for _, p := range j.Phases {
		got = append(got, row(p.Phase, p.By, p.From, p.Until))
	}
	same("JSON's phases", got, rowsOf(want.Phases, stretchRow))
	got = nil
	for _, p := range j.Severities {
		got = append(got, row(p.Severity, p.By, p.From, p.Until))
	}
	same("JSON's severities", got, rowsOf(want.Severities, stretchRow))
	got = nil
	for _, p := range j.Statuses {
		got = append(got, row(p.Status, p.By, p.From, p.Until, p.At))
	}
	same("JSON's statuses", got,
		rowsOf(want.Statuses, func(s recount.Stretch) string { return row(s.ID, s.By, s.From, s.Until, s.At) }))
	same("JSON's severity and status", []string{j.Severity, j.Status},
		[]string{want.Severities[len(want.Severities)-1].ID,
			want.Statuses[len(want.Statuses)-1].ID})
	got = nil
	for _, n := range append(slices.Clone(j.Notices), j.Updates...) {
		got = append(got, row(n.Seq, n.Audience, n.By, n.At, n.RecordedAt))
	}
	same("JSON's people told", sorted(got),
		sorted(rowsOf(want.Notified,
			func(n recount.Notified) string { return row(n.Entry, n.Audience, n.By, n.At, n.Recorded) })))
}

// cells returns the first n cells of each row of the first table below a heading.
func cells(text, heading string, n int) []string {
	_, part, _ := strings.Cut(text, "\n"+heading+"\n")
	var out []string
	for line := range strings.Lines(part) {
		switch {
		case strings.HasPrefix(line, "#") || len(out) > 0 && !strings.HasPrefix(line, "|"):
			return out[min(len(out), 2):]
		case strings.HasPrefix(line, "|"):
			c := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
			for i := range c {
				c[i] = strings.TrimSpace(c[i])
			}
			out = append(out, strings.Join(c[:min(n, len(c))], ", "))
		}
	}
	return out[min(len(out), 2):]
}

func markdownSame(text string, want *recount.Life, closed bool, same differ) {
	at := func(t time.Time, none string) string {
		if t.IsZero() {
			return none
		}
		return t.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	none := "still"
	if closed {
		none = "the closing"
	}
	same("Markdown's roles", sorted(cells(text, "## Roles", 4)), sorted(rowsOf(want.Roles, func(h recount.Held) string {
		return strings.Join([]string{roleNames[h.Role], h.Person, at(h.From, ""), at(h.Until, none)}, ", ")
	})))
	for heading, list := range map[string][]recount.Stretch{"## Phases": want.Phases, "## Severity": want.Severities} {
		same("Markdown's "+heading, cells(text, heading, 3), rowsOf(list, func(s recount.Stretch) string {
			return strings.Join([]string{phaseNames[s.ID] + severityNames[s.ID], at(s.From, ""), at(s.Until, "still")},
				", ")
		}))
	}
	both := func(done, recorded time.Time) string {
		if recorded.Sub(done).Abs() >= time.Minute {
			return at(done, "") + ", recorded " + at(recorded, "")
		}
		return at(recorded, "")
	}
	same("Markdown's statuses", cells(text, "## Status", 3), rowsOf(want.Statuses, func(s recount.Stretch) string {
		return strings.Join([]string{s.ID, both(s.At, s.From), at(s.Until, "still")}, ", ")
	}))
	told := cells(text, "## Who was informed", 5)
	for i, s := range told { // without text and channel
		c := strings.SplitN(s, ", ", 3)
		name, _, _ := strings.Cut(c[1], " (")
		told[i] = c[0] + ", " + name
	}
	same("Markdown's people told", told, rowsOf(want.Notified, func(n recount.Notified) string {
		return fmt.Sprintf("%d, %s", n.Entry, audienceNames[n.Audience])
	}))
	for _, n := range want.Notified {
		if !strings.Contains(text, both(n.At, n.Recorded)) {
			same("Markdown's times of people told", nil, []string{both(n.At, n.Recorded)})
		}
	}
}

// wordsLack returns the lines that the text of status lacks.
func wordsLack(text string, want *recount.Life) (bad []string) {
	lacks := func(s string) {
		if !strings.Contains(text, s) {
			bad = append(bad, "status lacks the line "+s)
		}
	}
	at := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
	until := func(from, until time.Time) string {
		if until.IsZero() {
			return at(from)
		}
		return at(from) + " to " + at(until)
	}
	for _, h := range want.Roles {
		if h.Until.IsZero() {
			lacks("  " + roleNames[h.Role] + ": ")
			continue
		}
		lacks(roleNames[h.Role] + " " + h.Person + ": " + until(h.From, h.Until))
	}
	for _, s := range want.Phases {
		if !s.Until.IsZero() {
			lacks("Phase " + phaseNames[s.ID] + ": " + until(s.From, s.Until))
		}
	}
	for _, s := range want.Severities {
		if !s.Until.IsZero() {
			lacks("Severity " + s.ID + ": " + until(s.From, s.Until))
		}
	}
	for _, s := range want.Statuses {
		lacks("Status " + s.ID + ": ")
		lacks(at(s.From))
	}
	for _, n := range want.Notified {
		if n.Update {
			lacks("Updates to " + audienceNames[n.Audience] + ": ")
			continue
		}
		lacks("Notified: " + n.Who + ", ")
		lacks(at(n.Recorded))
	}
	return bad
}
