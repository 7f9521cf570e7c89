package feed_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/report"
)

// fiveSteps are the lines that five people type in an incident of the plan security, each
// with its minute and author. A line that begins with "!!" has to be refused; "file CLASS"
// adds a file to the evidence; "duplicate" makes the second room a duplicate of this one
// and closes it.
var fiveSteps = []struct {
	after int
	who   string
	line  string
}{
	{0, "ana", ":sev SEV-1 active-exploit"}, {0, "ana", ":role ic @ana"}, {0, "ana", ":role scribe @bo"},
	{0, "ana", ":role security-lead @cy"},
	{0, "ana", ":role deputy @bo"}, {0, "ana", ":role comms @eve"}, {0, "ana", ":role sme @eve"},
	{1, "ana", ":page security the key is live"}, {0, "bo", ":paged security acknowledged On Call"},
	{1, "bo", "key ..7Q seen in job 8841"}, {0, "bo", ":check 1 SEV-1 it answers 200"},
	{0, "cy", ":asset credential AKIAIOSFODNN7EXAMPLE confirmed -30m"}, {0, "cy", ":ioc ip 203.0.113.9"},
	{0, "cy", ":check 3"}, {1, "cy", ":exposure suspected ~10 gdpr kvkk mail addresses"}, {0, "cy", ":check 4"},
	{1, "eve", ":update executives draft"}, {0, "eve", ":approve"}, {0, "eve", ":update legal draft"},
	{0, "eve", ":approve 2"}, {0, "eve", ":update customers we look into it"}, {1, "ana", ":approve 3"},
	{1, "di", "?the runner is compromised"}, {0, "di", ":impact start -5m builds wait"},
	{0, "di", ":ask security-lead 3m is the old key dead?"}, {1, "cy", ":answer 1 403 everywhere"},
	{0, "cy", ":asset 1 contained revoked"}, {0, "ana", ":poll isolate the runner 2m executes @di"},
	{0, "di", "!!:check 18"}, {0, "ana", ":check 18 override the vendor patched it"}, {0, "ana", "!!:confirm 18"},
	{0, "bo", ":confirm 18 I saw it"}, {0, "bo", "file log"}, {0, "bo", "file metric"}, {0, "bo", "file snapshot"},
	{3, "eve", ":update responders draft"}, {0, "eve", ":approve"},
	{0, "ana", ":handoff ic @cy"}, {1, "cy", ":accept ic"},
	{0, "cy", ":cadence update 30m it is calm"}, {1, "bo", "!!:takeover ic cy is quiet"},
	{0, "ana", "duplicate"}, {0, "di", ":impact end"},
	{11, "bo", ":takeover ic cy is on the phone with legal"},
	{10, "ana", ":notify gdpr DPA, portal"}, {0, "ana", ":notify kvkk KVKK, portal"},
	{0, "ana", ":resolve override the vendor patched it, and nothing is left"},
	{25 * 60, "bo", ":review summary s"}, {0, "bo", ":review cause c"}, {0, "bo", ":review radius r"},
	{0, "bo", ":review detection d"}, {0, "ana", ":check 28"}, {0, "bo", ":check 29"}, {0, "cy", ":check 30"},
	{0, "bo", ":check 31"}, {0, "ana", ":check 32"},
	{0, "ana", "!!:close"}, {0, "ana", ":close override the rest are follow-ups"},
}

// TestFivePeople plays an incident over a real server in virtual time: two people at terminals
// and three over SSH. All of them have the same room in the end, and the report is right.
func TestFivePeople(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, srv *server.Server) {
		data := feedtest.Data(t)
		people := map[string]*terminal{"ana": openTerminal(t, srv, data, "ana", 0),
			"bo": openTerminal(t, srv, data, "bo", time.Minute)}
		for _, who := range []string{"cy", "di", "eve"} {
			people[who] = overSSH(t, people["ana"], who)
		}
		for _, s := range fiveSteps {
			<-time.After(time.Duration(s.after)*time.Minute + time.Second)
			people[s.who].step(s.line)
		}
		synctest.Wait()
		checkFive(t, people)
	})
}

// overSSH returns a person whose feed is in the process of somebody else's hub.
func overSSH(t *testing.T, at *terminal, who string) *terminal {
	t.Helper()
	g, err := at.f.Guest(t.Context(), feed.Guest{Handle: who, Via: "ssh", Dir: "ssh/" + who, Right: model.Write,
		Origin: "ssh " + who})
	must(t, err)
	m := &terminal{t: t, f: g, now: time.Now}
	t.Cleanup(func() { _ = g.Close() })
	m.session, err = g.Enter(t.Context(), "inc-1")
	must(t, err)
	t.Cleanup(m.session.Close)
	return m
}

// step does one step of the incident.
func (m *terminal) step(line string) {
	m.t.Helper()
	if class, ok := strings.CutPrefix(line, "file "); ok {
		_, err := m.f.Collect(m.t.Context(), "inc-1", model.Collection{EvidenceAbout: model.EvidenceAbout{
			Name: class + ".bin", Class: class, Command: "cat"}}, strings.NewReader(class), nil)
		must(m.t, err)
		return
	}
	if line == "duplicate" {
		m.duplicate()
		return
	}
	line, refused := strings.CutPrefix(line, "!!")
	if !refused {
		m.submit(line)
		return
	}
	v := m.session.Latest()
	act, err := model.Parse(line, model.Ctx{Room: v.Room, Who: m.session.Who(), Now: m.now().Add(v.Offset),
		Zone: time.UTC})
	if err == nil {
		_, err = m.session.Append(m.t.Context(), act)
	}
	if err == nil {
		m.t.Errorf("%s: got it stored, want it refused", line)
	}
}

// duplicate declares a second room, names it a duplicate of the first, and closes it.
func (m *terminal) duplicate() {
	m.t.Helper()
	first := m.session.Latest().Room
	short, err := m.f.Declare(m.t.Context(), model.Declaration{Title: "The same key", Severity: "SEV-2",
		Plan: first.Plan})
	must(m.t, err)
	s, err := m.f.Enter(m.t.Context(), short)
	must(m.t, err)
	defer s.Close()
	for _, b := range []model.Body{model.NewRelated(model.RelationDuplicate, "inc-1", first, "the same key"),
		&model.IncidentClosed{Override: "it is a duplicate"}} {
		_, err := s.Append(m.t.Context(), model.Act{Body: b})
		must(m.t, err)
	}
	r := s.Latest().Room
	if x := r.DuplicateOf(); x == nil || x.Room != "inc-1" || r.Status != model.Closed {
		m.t.Errorf("the second room: got %s, duplicate of %+v; want it closed, a duplicate of inc-1", r.Status, x)
	}
}

// checkFive checks that everybody has the same room, and reads the report.
func checkFive(t *testing.T, people map[string]*terminal) {
	t.Helper()
	ana := people["ana"].session.Latest().Room
	for who, m := range people {
		r := m.session.Latest().Room
		if r.Seq != ana.Seq || r.StateHash() != ana.StateHash() || r.Rejected != 0 {
			t.Errorf("%s: got entry %d, state %s, %d refused; want %d, %s and none", who, r.Seq, r.StateHash(),
				r.Rejected, ana.Seq, ana.StateHash())
		}
	}
	var log []*model.Event
	must(t, people["bo"].f.Events(t.Context(), "inc-1", 1, func(e *model.Event) error {
		log = append(log, e)
		return nil
	}))
	d := report.Of(log, report.Reader{Short: "inc-1", Now: time.Now()})
	for _, n := range d.Numbers {
		if n.Verdict != report.Met {
			t.Errorf("%s: got %s, want %s", n.ID, n.Verdict, report.Met)
		}
	}
	text := string(d.Markdown())
	for _, want := range []string{"| Clocks | 8 met, 0 missed", "credential: 1 of 1 contained",
		"answered in time by cy: 403 everywhere", "decided: nobody objected; `@di` executes",
		"cy is Incident Commander, was `@ana`",
		"TAKEN OVER: cy is on the phone with legal", "the second person confirms the OVERRIDE by ana",
		"approved by ana"} {
		if !strings.Contains(text, want) {
			t.Errorf("got a report without %q, want it:\n%s", want, text)
		}
	}
}
