package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// led returns a room with a deputy, commanded by a person without the right "command".
func led(t testing.TB) *testRoom {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	for _, who := range []string{"bo", "cy", "di"} {
		k.admit(who, model.Write)
	}
	k.mustType("ana", ":role ic @bo", ":role deputy @cy", ":role scribe @di")
	return k
}

// ledBefore returns the same room with older rules.
func ledBefore(t testing.TB, rules int) *testRoom {
	t.Helper()
	k := led(t)
	log := k.log
	k.log, k.room = nil, model.NewRoom()
	for _, e := range log {
		b, err := e.DecodeBody()
		if err != nil {
			t.Fatalf("decode: got %v, want no error", err)
		}
		if p, ok := b.(*model.PlanAdopted); ok {
			p.Rules = rules
		}
		k.do(e.By, model.Act{Body: b})
	}
	return k
}

func (k *testRoom) gap() string {
	k.t.Helper()
	g, ok := k.room.CommandGap(k.now)
	if !ok {
		return ""
	}
	return g.Words(k.now).String()
}

// TestSilentCommander: a commander who writes nothing is named and the deputy may
// take command, but nothing changes automatically.
func TestSilentCommander(t *testing.T) {
	k := led(t)
	k.wait(9 * time.Minute)
	if got := k.gap(); got != "" {
		t.Errorf("after 9m: got %q, want nothing", got)
	}
	k.refused("cy", ":takeover ic gone",
		`cy may not do that (a decision of the commander); it needs the right "command" or one of these roles: `+
			`Incident Commander (bo)`)
	k.wait(time.Minute)
	want := "bo is Incident Commander and has written nothing for 10:00; cy can take it: :takeover commander REASON"
	if got := k.gap(); got != want {
		t.Errorf("after 10m: got %q, want %q", got, want)
	}
	k.refused("di", ":takeover ic gone",
		`di may not do that (a decision of the commander); it needs the right "command" or one of these roles: `+
			`Incident Commander (bo)`)
	k.mustType("cy", ":takeover ic bo does not answer")
	if got := k.room.Commanders(); len(got) != 1 || got[0] != "cy" {
		t.Errorf("commanders: got %v, want cy", got)
	}
	if got := k.room.Unconfirmed("commander"); len(got) != 0 {
		t.Errorf("unconfirmed: got %v, want nobody", got)
	}
	if got := k.last(); got != "cy is Incident Commander, was @bo, TAKEN OVER: bo does not answer" {
		t.Errorf("got %q, want who took it from whom and why", got)
	}
	k.refused("bo", ":takeover ic I am back",
		`bo may not do that (a decision of the commander); it needs the right "command" or one of these roles: `+
			`Incident Commander (cy)`)
}

// TestSilenceEnds: one line by the commander ends the gap.
func TestSilenceEnds(t *testing.T) {
	k := led(t)
	k.wait(11 * time.Minute)
	k.mustType("bo", "on the phone with the vendor")
	if got := k.gap(); got != "" {
		t.Errorf("got %q, want nothing: bo wrote", got)
	}
	k.refused("ana", ":takeover ic x",
		"bo is Incident Commander and not silent; ask them to hand it off with :handoff commander @ana")
}

// TestDeputyOfThemselves: a person who made themselves deputy does not have the
// powers of command.
func TestDeputyOfThemselves(t *testing.T) {
	k := led(t)
	k.mustType("ana", ":renounce deputy @cy")
	k.mustType("di", ":role deputy @di")
	k.wait(11 * time.Minute)
	if err := k.try("di", ":takeover ic x"); model.CodeOf(err) != model.Forbidden {
		t.Errorf("got %v, want it forbidden", err)
	}
}

// TestTwoTakeCommand: in rooms with older rules, one person takes command and a second
// one confirms it, if nobody else leads. Newer rooms: TestCommandIsProposed.
func TestTwoTakeCommand(t *testing.T) {
	k := ledBefore(t, 2)
	k.mustType("ana", ":renounce ic @bo", ":renounce deputy @cy")
	k.mustType("bo", ":takeover ic nobody leads")
	if got := k.room.Unconfirmed("commander"); len(got) != 1 {
		t.Errorf("unconfirmed: got %v, want bo", got)
	}
	confirm := ":confirm ic @bo"
	if err := k.try("cy", confirm); model.CodeOf(err) != model.Forbidden {
		t.Errorf("while ana leads: got %v, want it forbidden", err)
	}
	k.wait(12 * time.Minute)
	if err := k.try("bo", confirm); model.CodeOf(err) != model.Forbidden {
		t.Errorf("bo alone: got %v, want it forbidden", err)
	}
	k.mustType("cy", confirm)
	if got := k.room.Unconfirmed("commander"); len(got) != 1 {
		t.Errorf("sensitive powers: got %v without them, want bo: two people cannot give what neither of them "+
			"has", got)
	}
	if a := k.room.Roles[len(k.room.Roles)-1]; a.SecondBy != "cy" {
		t.Errorf("second person: got %q, want cy", a.SecondBy)
	}
	k.refused("di", confirm,
		"bo and cy already took Incident Commander together; its other powers still need to be confirmed by someone "+
			"who has them")
	k.mustType("ana", confirm)
	if got := k.room.Unconfirmed("commander"); len(got) != 0 {
		t.Errorf("after ana, who has the powers: got %v without them, want nobody", got)
	}
}

// TestTwoJobs: one person as commander and scribe is shown until somebody records a
// reason.
func TestTwoJobs(t *testing.T) {
	k := led(t)
	k.refused("ana", ":dual x", "nobody is commander and scribe at once, so no reason is needed")
	k.mustType("ana", ":role scribe @bo")
	if who, why := k.room.TwoJobs(); who != "bo" || why != nil {
		t.Errorf("got %q, %v; want bo and no reason", who, why)
	}
	k.refused("ana", ":dual", "give the reason why bo has both roles: :dual REASON")
	k.mustType("ana", ":dual it is night")
	if who, why := k.room.TwoJobs(); who != "bo" || why == nil || why.Reason != "it is night" {
		t.Errorf("got %q, %v; want bo and the reason", who, why)
	}
	k.refused("ana", ":dual again", "ana already gave a reason: it is night")
}

// TestPageDoesItsItem: an answered page for the purpose that an item names marks the item
// as done.
func TestPageDoesItsItem(t *testing.T) {
	k := led(t)
	k.mustType("bo", ":page database")
	it := k.room.ItemByID("page-oncall")
	if it.State != model.ItemTodo {
		t.Errorf("after another page: got %s, want %s", it.State, model.ItemTodo)
	}
	k.mustType("bo", ":page security")
	k.mustType("bo", ":paged security acknowledged di")
	if it := k.room.ItemByID("page-oncall"); it.State != model.ItemDone || it.By != "bo" {
		t.Errorf("got %s by %q, want %s by bo", it.State, it.By, model.ItemDone)
	}
}

// TestHandoffBrief: a brief is drafted from the log and kept until the offer is
// answered; malformed offers are refused.
func TestHandoffBrief(t *testing.T) {
	k := led(t)
	k.mustType("bo", "?the runner is compromised", "?an insider", ":hyp 10 eliminated badge log", "!rotate now",
		":ask @di 3m who called?", ":start 1", ":sev SEV-1 data-breach the dump is for sale",
		":asset host web3 confirmed", ":asset host web4 suspected", ":asset host web3 contained off the net",
		":impact start 1 logins fail", ":exposure suspected gdpr", "?a vendor", ":hyp 21 supported its key was used",
		":poll tell the vendor 10m", ":poll isolate it 10m", ":poll 2 proceeds all agree")
	k.refused("bo", ":handoff ic @bo",
		"you cannot offer a role to yourself; take it with :takeover commander REASON")
	k.mustType("bo", ":handoff ic @di")
	got := k.room.Handoffs[0].Brief
	for _, want := range []string{"Phase: Triage",
		"Severity: SEV-1: data-breach, the dump is for sale",
		"Open hypotheses: the runner is compromised; a vendor (supported: its key was used)",
		"Scope: hosts 1 of 2 contained; asset 1 (host web3) is affected since ", "; exposure suspected, GDPR",
		"Polls: 1 tell the vendor (open, no objection so far)",
		"Eliminated: an insider", "Clocks: ", "Asks: 1 to @di, open: who called?", "In work: 1 ",
		"Decided in the last hour: rotate now; isolate it (decided by bo 10 min before its end: all agree)"} {
		if !strings.Contains(got, want) {
			t.Errorf("the brief lacks %q:\n%s", want, got)
		}
	}
	k.refused("bo", ":handoff ic @di",
		"Incident Commander is already offered to di, who can :accept or :decline; take the offer back with "+
			":withdraw commander")
	k.mustType("bo", ":withdraw ic", ":handoff ic @di call the vendor now")
	if b := k.room.Handoffs[0].Brief; !strings.HasPrefix(b, "Phase: Triage") || !strings.HasSuffix(b,
		"\ncall the vendor now") {
		t.Errorf("with words on the line: got brief %q, want the draft and then the words", b)
	}
	k.mustType("bo", ":withdraw ic", ":handoff ic @di Phase: we are nearly done")
	if b := k.room.Handoffs[0].Brief; b != "Phase: we are nearly done" {
		t.Errorf("an edited draft: got brief %q, want it as it is", b)
	}
	k.mustType("di", ":accept ic")
	k.refused("di", ":accept ic", "nobody has offered the role commander")
}

// TestCommandTakenAloneIsMarked: in rooms with older rules, whoever takes command alone is
// marked in lists until somebody confirms it.
func TestCommandTakenAloneIsMarked(t *testing.T) {
	k := ledBefore(t, 2)
	k.mustType("ana", ":renounce ic @bo", ":renounce deputy @cy")
	k.mustType("di", ":role ic @di")
	names := func() string { return model.JoinSafe(model.Lit(", "), k.room.HolderNames("commander")...).String() }
	if got, want := names(), "di (unconfirmed)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	o := model.OverviewOf(model.RoomInfo{Room: k.room}, k.now)
	if got, want := o.Words(k.now).String(), "commander di (unconfirmed)"; !strings.HasPrefix(got, want) {
		t.Errorf("the list of rooms: got %q, want %q...", got, want)
	}
	k.mustType("ana", ":confirm ic @di")
	if got, want := names(), "di"; got != want {
		t.Errorf("confirmed: got %q, want %q", got, want)
	}
}
