package report_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
	"warroom/model/report"
)

// testRoom is a room with its own clock, into which tests type lines.
type testRoom struct {
	t    *testing.T
	room *model.Room
	log  []*model.Event
	now  time.Time
}

// shipped caches the plan, because the tests make hundreds of rooms.
var shipped = sync.OnceValues(func() (*model.Plan, error) { return playbook.Load("", "security") })

func declared(t *testing.T, d model.Declaration) *testRoom {
	t.Helper()
	p, err := shipped()
	if err != nil {
		t.Fatalf("shipped: %v", err)
	}
	d.Plan = p
	k := &testRoom{t: t, room: model.NewRoom(), now: time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)}
	one, two := d.Declare("")
	k.do("ana", one)
	k.do("ana", two)
	return k
}

func (k *testRoom) do(who string, a model.Act) {
	k.t.Helper()
	seq := k.room.Seq + 1
	d, err := model.NewDraft(fmt.Sprintf("01JD%022d", seq), model.Actor{Handle: who, Via: "tui"}, a, k.now)
	if err != nil {
		k.t.Fatalf("make a draft: %v", err)
	}
	e := d.Event("01JD0000000000000000000000")
	e.Key, e.N, e.Seq, e.RecordedAt = "key-"+who, seq, seq, k.now
	k.room, k.log = model.Apply(k.room, e), append(k.log, e)
}

func (k *testRoom) mustType(lines ...string) { k.t.Helper(); k.typeAs("ana", lines...) }

func (k *testRoom) typeAs(handle string, lines ...string) {
	k.t.Helper()
	for _, l := range lines {
		who := model.Actor{Handle: handle, Key: "key-" + handle}
		a, err := model.Parse(l, model.Ctx{Room: k.room, Who: who, Now: k.now, Zone: time.UTC})
		if err == nil {
			err = model.Decide(k.room, who, a, k.now)
		}
		if err != nil {
			k.t.Fatalf("%s: %v", l, err)
		}
		k.do(handle, a)
	}
}

func (k *testRoom) wait(d time.Duration) { k.now = k.now.Add(d) }

func (k *testRoom) report() report.Report {
	return report.Of(k.log, report.Reader{Short: "inc-1", Now: k.now})
}

func (k *testRoom) number(id string) report.Number {
	k.t.Helper()
	for _, n := range k.report().Numbers {
		if n.ID == id {
			return n
		}
	}
	k.t.Fatalf("no number %s", id)
	return report.Number{}
}
