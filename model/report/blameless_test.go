package report_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestBlamelessEverywhere: reports for leadership, regulators and customers name nobody in
// any form: not in generated texts, in runs of clocks, exposure, custody and redactions,
// not by surname, in capitals, in the name of a computer or in an address. Handles that are
// common words are replaced too.
func TestBlamelessEverywhere(t *testing.T) {
	k := blamed(t)
	banned := regexp.MustCompile(
		`(?i)(^|[^\pL\pN])(ana|bo|will|may|cy|mei)($|[^\pL\pN])|kaya|çelik|ayşe|doe\b|cto|tanaka|yılmaz|ana\.`)
	for _, name := range []string{"leadership", "regulator", "customer", "public"} {
		p, err := model.ProfileOf(name)
		if err != nil {
			t.Fatalf("profile %s: got %v, want it", name, err)
		}
		d := k.report()
		d = d.For(p, k.log)
		files, err := d.Files()
		if err != nil {
			t.Fatalf("%s: got %v, want three files", name, err)
		}
		for form, raw := range files {
			text := string(raw)
			if *livesTo != "" {
				_ = os.WriteFile(*livesTo+"/blameless-"+name+"."+form, raw, 0o600)
			}
			for _, m := range banned.FindAllStringIndex(text, -1) {
				around := text[max(0, m[0]-60):min(len(text), m[1]+60)]
				if strings.Contains(around, "may see") || strings.Contains(around, "will change") ||
					strings.Contains(around, "may write") ||
					strings.Contains(around, "Lead may watch") || strings.Contains(around, "may command") ||
					strings.Contains(around, "may be seen") {
					continue // text of the report itself
				}
				t.Errorf("%s.%s: got %q in %q, want nobody named", name, form, text[m[0]:m[1]], around)
			}
			if form == "md" && (name == "customer" || name == "public") {
				for _, w := range []string{"| By |", "As reported by", "| Who |", "by Incident", "as reported"} {
					if i := strings.Index(text, w); i >= 0 {
						t.Errorf("%s: got %q in %q, want nobody's deed", name, w,
							text[max(0, i-60):min(len(text), i+60)])
					}
				}
			}
		}
	}
}

// blamed returns a room in which everybody is named wherever a name can occur.
func blamed(t *testing.T) *testRoom {
	t.Helper()
	k := declared(t, model.Declaration{Title: "Ana's key", Severity: "SEV-1", Kind: "breach"})
	for h, name := range map[string]string{"bo": "Ayşe Çelik", "cy": "Bo Doe", "will": "Will Yılmaz",
		"may": "May Tanaka"} {
		k.do("ana",
			model.Act{Body: &model.KeyAdmitted{Key: "key-" + h, Handle: h, Right: model.Write, Origin: "invitation",
				Name: name, Job: "CTO"}})
	}
	k.typeAs("cy", ":takeover ic Kaya is asleep")
	k.mustType(":role ic @ana Ana Kaya, CTO", ":role scribe @bo", ":role sre @cy", ":role sme @may",
		":role comms @will",
		":handoff comms @may tired",
		"ANA KAYA saw it; Çelik and AYŞE too", "ana-laptop and /home/ana/x, ana.kaya@corp.example",
		"!@will decides, Tanaka agrees", ":assign 3 @may",
		":todo @will due 3d prevent ask Kaya", ":notify legal Mei Tanaka, phone", ":notify executives @mei phone",
		":notify gdpr DPA, portal",
		":update customers we are sorry", ":update responders Kaya works | @may looks | ask @bo",
		":check 1 Kaya says so", ":check 2 override bo said so",
		":snooze update 10m ana is tired", ":exposure suspected ~10 gdpr Ana found it", ":clock waive kvkk Will asked",
		":milestone contained Çelik did it",
		":ask @may 5m where is Bo?", ":hyp Kaya clicked", ":review cause @will typed it, and Ana saw",
		":evidence Kaya's laptop", ":finding may's host was hit", "a note of Kaya")
	k.wait(20 * time.Minute)
	note := k.room.Seq
	k.mustType(model.Safef(":retract %d Kaya was wrong", note).String(), ":sev SEV-2 bo asked")
	k.do("ana", model.Act{Body: &model.RoleRenounced{Role: "comms", Person: "will"}})
	k.do("ana", model.Act{Body: &model.KeyRevoked{Handle: "may", Reason: "Tanaka left"}})
	k.do("ana", model.Act{Body: &model.RightChanged{Handle: "will", Right: model.Watch}})
	k.mustType(":resolve override Ana did it", ":reopen Bo was wrong", ":resolve override again",
		":close override Kaya said so")
	return k
}

// TestBlamelessTextReads: sentences with roles read naturally.
func TestBlamelessTextReads(t *testing.T) {
	k := blamed(t)
	text := k.profiled("leadership")
	for _, w := range []string{"Incident Commander", "Communications Lead", "| Regulators (GDPR) | DPA | portal |",
		"| Legal | a contact | phone |"} {
		if !strings.Contains(text, w) {
			t.Errorf("got no %q in the report, want it", w)
		}
	}
	if i := strings.Index(text, "Incident Commander Incident Commander"); i >= 0 {
		t.Errorf("got a role twice in %q", text[max(0, i-60):min(len(text), i+90)])
	}
	for _, w := range []string{"key-", "Incident Commander is Incident Commander",
		"Communications Lead is no longer Communications Lead"} {
		if i := strings.Index(text, w); i >= 0 {
			t.Errorf("got %q in %q", w, text[max(0, i-60):min(len(text), i+60)])
		}
	}
	for _, w := range []string{"| the role Incident Commander was taken |", "| the role Communications Lead was " +
		"ended |"} {
		if !strings.Contains(text, w) {
			t.Errorf("got no %q in the report, want it", w)
		}
	}
}
