package playbook_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"warroom/model"
	"warroom/model/playbook"
)

const (
	seedPlan     = "incident response plan"
	seedPlaybook = "incident response playbook"
)

var shippedNames = []string{"security", "security-plan", "security-playbook"}

func mustLoad(t *testing.T, name string) *model.Plan {
	t.Helper()
	p, err := playbook.Load("", name)
	if err != nil {
		t.Fatalf("Load(%q) = %v", name, err)
	}
	return p
}

// froms collects every "from" of a plan from its JSON, so that no list is forgotten.
func froms(t *testing.T, p *model.Plan) map[string]bool {
	t.Helper()
	raw, _ := p.Encode()
	var whole any
	if err := json.Unmarshal(raw, &whole); err != nil {
		t.Fatalf("decode JSON: %v", err)
	}
	all := map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for k, e := range v {
				if s, ok := e.(string); ok && k == "from" {
					for part := range strings.SplitSeq(s, "; ") {
						all[part] = true
					}
				}
				walk(e)
			}
		}
	}
	walk(whole)
	return all
}

// seeds lists the lines of the two documents that require nothing, and why. Every other
// line must be named by the plan made from the document and by the joined plan.
var seeds = []struct {
	file, plan string
	lines      int
	no         map[int]string
}{
	{seedPlan, "security-plan", 56, map[int]string{
		1: "title", 5: "heading", 10: "heading", 16: "heading", 24: "heading", 31: "heading",
		37: "heading", 43: "heading", 50: "heading",
		2: "", 4: "", 6: "", 9: "", 11: "", 15: "", 17: "", 23: "", 25: "", 30: "", 32: "",
		36: "", 38: "", 42: "", 44: "", 49: "", 51: "", 55: "",
	}},
	{seedPlaybook, "security-playbook", 52, map[int]string{
		1: "title", 3: "heading", 6: "heading", 12: "heading", 17: "heading", 30: "heading",
		38: "heading", 43: "rule", 45: "heading", 47: "table header", 48: "table rule",
		2: "", 5: "", 11: "", 16: "", 19: "", 24: "", 29: "", 32: "", 37: "", 42: "", 44: "", 46: "",
	}},
}

func TestEveryLineOfTheSeedsIsCovered(t *testing.T) {
	for _, seed := range seeds {
		for _, name := range []string{seed.plan, "security"} {
			have := froms(t, mustLoad(t, name))
			for n := 1; n <= seed.lines; n++ {
				want := seed.file + ", line " + itoa(n)
				if _, none := seed.no[n]; !none && !have[want] {
					t.Errorf("%s: nothing comes from %s", name, want)
				}
			}
		}
	}
}

func TestSourcesExist(t *testing.T) {
	good := map[string]bool{"GDPR Art. 33(1)": true, "KVKK Board Decision 2019/10": true}
	for _, seed := range seeds {
		for n := 1; n <= seed.lines; n++ {
			if why := seed.no[n]; why != "" || seed.no == nil || !has(seed.no, n) {
				good[seed.file+", line "+itoa(n)] = true
			}
		}
	}
	for _, name := range shippedNames {
		for from := range froms(t, mustLoad(t, name)) {
			if !good[from] {
				t.Errorf("%s names %q, which is not a line with words", name, from)
			}
		}
	}
}

func has(m map[int]string, n int) bool { _, ok := m[n]; return ok }

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

// clockFacts are the time limits in the documents and the laws.
type clockFacts struct {
	start               string
	after, every, least time.Duration
	severities          []string
	audience, met       string
	law                 bool
}

func TestClocks(t *testing.T) {
	const m, h = time.Minute, time.Hour
	sev1 := []string{"SEV-1"}
	whole := map[string]clockFacts{
		"validate":   {start: "alert", after: 15 * m, met: "validated"},
		"update":     {start: "declared", every: 15 * m, audience: "responders"},
		"executives": {start: "severity", after: 30 * m, severities: sev1, audience: "executives"},
		"legal":      {start: "severity", after: 30 * m, severities: sev1, audience: "legal"},
		"watch":      {start: "resolved", least: 24 * h},
		"review":     {start: "resolved", after: 48 * h, met: "reviewed"},
		"gdpr":       {start: "exposure", after: 72 * h, audience: "regulator", law: true},
		"kvkk":       {start: "exposure", after: 72 * h, audience: "regulator", law: true},
	}
	want := map[string]map[string]clockFacts{
		"security": whole, "security-plan": whole,
		"security-playbook": {"review": whole["review"], "gdpr": whole["gdpr"]},
	}
	for name, clocks := range want {
		p := mustLoad(t, name)
		if len(p.Clocks) != len(clocks) {
			t.Errorf("%s has %d clocks, want %d", name, len(p.Clocks), len(clocks))
		}
		for _, c := range p.Clocks {
			got := clockFacts{start: c.Start, after: time.Duration(c.After), every: time.Duration(c.Every),
				least: time.Duration(c.AtLeast), severities: c.Severities, audience: c.Audience, met: c.MetBy,
				law: c.Law}
			if !reflect.DeepEqual(got, clocks[c.ID]) {
				t.Errorf("%s: clock %s\n got %+v\nwant %+v", name, c.ID, got, clocks[c.ID])
			}
		}
	}
}

func TestSeverities(t *testing.T) {
	for name, want := range map[string]string{
		"security":          "1 SEV-1 [P0] 3; 2 SEV-2 [P1] 2; 3 SEV-3 [P2] 2",
		"security-plan":     "1 SEV-1 [] 0; 2 SEV-2 [] 0; 3 SEV-3 [] 0",
		"security-playbook": "1 P0 [SEV-1] 3; 2 P1 [SEV-2] 2; 3 P2 [SEV-3] 2",
	} {
		var got []string
		for _, s := range mustLoad(t, name).Severities {
			got = append(got, itoa(s.Rank)+" "+s.ID+" ["+strings.Join(s.Aliases, " ")+"] "+itoa(len(s.Criteria)))
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%s\n got %s\nwant %s", name, s, want)
		}
	}
}

func item(t *testing.T, p *model.Plan, id string) model.ItemDef {
	t.Helper()
	i := slices.IndexFunc(p.Items, func(it model.ItemDef) bool { return it.ID == id })
	if i < 0 {
		t.Fatalf("%s has no item %s", p.Name, id)
	}
	return p.Items[i]
}

func TestOrderOfWork(t *testing.T) {
	p := mustLoad(t, "security")
	for id, want := range map[string][]string{
		"redeploy": {"rotate"}, "scan": {"fix"}, "staging": {"fix"}, "deploy": {"staging", "scan"},
	} {
		if got := item(t, p, id).Needs; !slices.Equal(got, want) {
			t.Errorf("%s needs %v, want %v", id, got, want)
		}
	}
	var preserves, destroys, fix []string
	for _, it := range p.Items {
		if it.Preserves != "" {
			preserves = append(preserves, it.Preserves)
		}
		if it.Destroys {
			destroys = append(destroys, it.ID)
		}
		if it.Group == "fix" {
			fix = append(fix, it.ID)
		}
	}
	for _, c := range []struct{ got, want []string }{
		{preserves, []string{"log", "metric", "snapshot"}},
		{destroys, []string{"maintenance", "redeploy", "patch", "config-fix", "hotfix", "revert", "deploy"}},
		{fix, []string{"patch", "config-fix", "hotfix", "revert"}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
	if it := item(t, p, "rotate"); !it.Urgent || it.Destroys || len(it.Needs) > 0 {
		t.Errorf("rotating a key must be urgent and wait for nothing: %+v", it)
	}
	if it := item(t, p, "staging"); it.Role != "sme" || !it.OnlyRole {
		t.Errorf("staging must be for the expert alone: %+v", it)
	}
	if it := item(t, p, "validate"); it.Meets != "validate" || it.Milestone != "validated" {
		t.Errorf("validating must meet its clock: %+v", it)
	}
}

// TestGateByClass: an item that destroys evidence and names no classes waits for those that
// the plan's items preserve, not for check marks; an item that applies to some incidents only
// comes before it.
func TestGateByClass(t *testing.T) {
	table := func(id, more string) string {
		return fmt.Sprintf("[[items]]\nid = %q\nphase = \"all\"\ntext = %q\n%s\n", id, id, more)
	}
	p, err := playbook.Parse("mine", []byte(small+
		"kinds = [{ id = \"leak\", label = \"Leak\" }, { id = \"other\", label = \"Other\" }]\n"+
		table("logs", `preserves = "log"`)+table("metrics", "preserves = \"metric\"\nkinds = [\"leak\"]")+
		table("wipe", "destroys-evidence = true\nkinds = [\"leak\"]")+
		table("patch", "destroys-evidence = true\nneeds = [\"logs\"]")+
		table("restart", "destroys-evidence = true\nevidence = [\"memory\"]")))
	if err != nil {
		t.Fatalf("parse the plan: got %v, want none", err)
	}
	for _, c := range []struct {
		id              string
		evidence, needs []string
	}{
		{"logs", nil, nil},
		{"wipe", []string{"log", "metric"}, nil},
		{"patch", []string{"log"}, []string{"logs", "metrics"}},
		{"restart", []string{"memory"}, nil},
	} {
		if it := item(t, p, c.id); !slices.Equal(it.Evidence, c.evidence) || !slices.Equal(it.Needs, c.needs) {
			t.Errorf("%s: got evidence %q, needs %q; want %q, %q", c.id, it.Evidence, it.Needs, c.evidence, c.needs)
		}
	}
}

func TestShippedPlansFitThePane(t *testing.T) {
	counts := map[string]int{"security": 42, "security-plan": 33, "security-playbook": 15}
	for _, name := range shippedNames {
		p := mustLoad(t, name)
		if len(p.Items) != counts[name] {
			t.Errorf("%s has %d items, want %d", name, len(p.Items), counts[name])
		}
		for _, it := range p.Items {
			if n := utf8.RuneCountInString(it.Text); n > 60 {
				t.Errorf("%s: %s has %d characters", name, it.ID, n)
			}
			if it.From == "" {
				t.Errorf("%s: %s has no source", name, it.ID)
			}
		}
		for _, l := range playbook.Show(p) {
			if strings.Contains(l.String(), "\n") {
				t.Errorf("%s: a line of Show has two lines: %q", name, l)
			}
		}
	}
}

// TestJoinedPlanLosesNothing: the default plan has everything that has a name in the two
// plans it joins.
func TestJoinedPlanLosesNothing(t *testing.T) {
	joined := mustLoad(t, "security")
	merged := map[string]string{"verify-severity": "validate", "complete-review": "retrospective"}
	for _, name := range []string{"security-plan", "security-playbook"} {
		p := mustLoad(t, name)
		for _, it := range p.Items {
			id := it.ID
			if m := merged[id]; m != "" {
				id = m
			}
			got := item(t, joined, id)
			if got.Phase != it.Phase || got.If != it.If || got.Destroys != it.Destroys ||
				got.Preserves != it.Preserves || !slices.Contains([]string{got.Role, ""}, it.Role) && id != "staging" {
				t.Errorf("%s of %s was joined as %+v", it.ID, name, got)
			}
		}
		for _, r := range p.Roles {
			if !slices.ContainsFunc(joined.Roles, func(j model.RoleDef) bool {
				return j.ID == r.ID && j.Mandatory == r.Mandatory && j.Many == r.Many &&
					slices.Equal(j.Powers, r.Powers)
			}) {
				t.Errorf("the role %s of %s is not in the joined plan", r.ID, name)
			}
		}
		for _, c := range p.Controls {
			if !slices.ContainsFunc(joined.Controls, func(j model.Control) bool { return reflect.DeepEqual(j, c) }) {
				t.Errorf("the control %s of %s is not in the joined plan", c.ID, name)
			}
		}
	}
}
