package node

import (
	"context"
	"testing"
	"time"

	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/playbook"
)

// paged is an inlet with one room, which folds what is appended with the hub's key.
type paged struct {
	bridge.Inlet
	t   *testing.T
	r   *model.Room
	now time.Time
	log []string
}

func (p *paged) Rooms() []bridge.OpenRoom {
	return []bridge.OpenRoom{{Short: "inc-1", Room: p.r, Now: p.now}}
}

func (p *paged) Append(_ context.Context, _ string, a model.Act) error {
	p.add("hub", a)
	return nil
}

func (p *paged) Log(s model.Safe) { p.log = append(p.log, s.String()) }

func (p *paged) add(who string, a model.Act) {
	p.t.Helper()
	d, err := model.NewDraft("id", model.Actor{Handle: who, Key: "key-" + who}, a, p.now)
	if err != nil {
		p.t.Fatalf("draft: got %v, want none", err)
	}
	e := d.Event("01ROOM")
	e.Key, e.Seq, e.RecordedAt = "key-"+who, p.r.Seq+1, p.now
	p.r = model.Apply(p.r, e)
	if l := p.r.Line(e.Seq); !l.Refused.IsEmpty() {
		p.t.Fatalf("%s by %s: got it refused (%s), want it stored", e.Kind, who, l.Refused)
	}
}

// TestPageGoesToTheNextContact: the hub records once that a page goes to the next contact, when
// the time of the plan is over, and wakes when the next one is due.
func TestPageGoesToTheNextContact(t *testing.T) {
	plan, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load the playbook: got %v, want none", err)
	}
	p := &paged{t: t, r: model.NewRoom(), now: time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)}
	one, two := (&model.Declaration{Title: "Key in a log", Severity: "SEV-1", Reason: "test",
		Plan: plan}).Declare("key-hub")
	p.add("ana", one)
	p.add("ana", two)
	p.add("ana", model.Act{Body: &model.PageAsked{Purpose: "security"}})
	configured := model.Contacts{List: []model.Contact{{Purpose: "security", Level: 1, Name: "Ana K."},
		{Purpose: "security", Level: 2, Name: "Bo K."}, {Purpose: "security", Level: 3, Name: "Cy"}}}
	c := contacts{known: func() model.Contacts { return contactLists(model.Contacts{}, configured) }}
	is := func(wait time.Duration, who string) {
		t.Helper()
		got := c.advance(t.Context(), p)
		if page, _ := p.r.Page("security"); got != wait || page.Who != who || len(p.log) > 0 {
			t.Errorf("at %s: got %q called, next look in %s, log %q; want %q, %s and no log", p.now.Format("15:04:05"),
				page.Who, got, p.log, who, wait)
		}
	}
	is(contactEvery, "")
	p.now = p.now.Add(5*time.Minute - 2*time.Second)
	is(2*time.Second, "")
	p.now = p.now.Add(2 * time.Second)
	is(contactEvery, "Bo K.")
	seq := p.r.Seq
	is(contactEvery, "Bo K.")
	if p.r.Seq != seq {
		t.Errorf("looked twice: got %d entries more, want none", p.r.Seq-seq)
	}
	p.now = p.now.Add(5 * time.Minute)
	is(contactEvery, "Cy")
	p.now = p.now.Add(time.Hour)
	is(contactEvery, "Cy")
}

// TestContactLists: who is on call at a service comes before the configuration, by purpose.
func TestContactLists(t *testing.T) {
	got := contactLists(model.Contacts{List: []model.Contact{{Purpose: "security", Name: "On Call"}}},
		model.Contacts{List: []model.Contact{{Purpose: "security", Name: "Ana"}, {Purpose: "database", Name: "Di"}}})
	if s, d := got.For("security"), got.For("database"); len(s) != 1 || s[0].Name != "On Call" || len(d) != 1 {
		t.Errorf("got %+v for security and %+v for database, want On Call and Di", s, d)
	}
}
