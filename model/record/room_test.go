package record_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
	"warroom/model/record"
	"warroom/model/seal"
)

// epoch is when the sample rooms begin.
var epoch = time.Date(2026, 11, 21, 14, 0, 0, 123456789, time.UTC)

// ulid is the id of the sample rooms.
const ulid = "01JDHUB0000000000000000000"

// writer is a key that writes.
type writer struct {
	handle string
	priv   ed25519.PrivateKey
	key    string
	n      uint64
	prev   string
}

func newWriter(handle string, seed byte) *writer {
	raw := make([]byte, ed25519.SeedSize)
	raw[0] = seed
	priv := ed25519.NewKeyFromSeed(raw)
	return &writer{handle: handle, priv: priv, key: seal.KeyText(priv.Public().(ed25519.PublicKey))}
}

// log is a room's log as it grows.
type log struct {
	t           testing.TB
	room        string
	hub, ana    *writer
	bo          *writer
	ms          []record.Message
	tree        seal.Tree
	notes       [][]byte
	writtenByID map[uint64]*writer
	gone        int       // messages that were deleted
	hole        uint64    // the one that was redacted, for attacks,
	was         tlog.Hash // and its leaf
}

// say stores what somebody says.
func (l *log) say(w *writer, b model.Body) {
	l.t.Helper()
	raw, err := json.Marshal(b)
	if err != nil {
		l.t.Fatal(err)
	}
	l.store(w, b.Kind(), raw)
}

func (l *log) store(w *writer, kind model.Kind, body []byte) {
	l.t.Helper()
	seq := uint64(len(l.ms)+l.gone) + 1
	w.n++
	at := epoch.Add(time.Duration(seq) * time.Second)
	e := model.Event{V: 1, Room: l.room, ID: fmt.Sprintf("%s-%d", l.room, seq), Key: w.key, N: w.n, Prev: w.prev, Kind: kind, At: at, By: w.handle, Via: "test", Body: body}
	raw, err := e.Encode()
	if err != nil {
		l.t.Fatal(err)
	}
	m := record.Message{Seq: seq, At: at, Lane: "log." + w.handle + "." + w.key, Sig: seal.Sign(w.priv, raw), Data: raw}
	w.prev = seal.Leaf(m.Sig, m.Data)
	l.ms = append(l.ms, m)
	l.tree.Add(seal.LeafHash(m.Sig, m.Data))
	l.writtenByID[seq] = w
}

// point is the log as it is now, in the three lines.
func (l *log) point() seal.Checkpoint {
	return seal.Checkpoint{Room: l.room, Size: l.tree.Size(), Root: l.tree.Root()}
}

// checkpoint has the hub sign.
func (l *log) checkpoint() {
	l.t.Helper()
	n, err := l.point().SignTimes(l.hub.priv, l.times())
	if err != nil {
		l.t.Fatal(err)
	}
	l.notes = append(l.notes, n)
}

// times is the running hash over when the messages were recorded, behind the last leaf.
func (l *log) times() (leaf seal.Times) {
	var all seal.Times
	stones := record.Stones(l.ms)
	next := uint64(1)
	for _, m := range l.ms {
		for ; next < m.Seq; next++ {
			all = all.Add(next, stones[next].At)
		}
		if all, next = all.Add(m.Seq, m.At), m.Seq+1; strings.HasPrefix(m.Lane, "log.") {
			leaf = all
		}
	}
	return leaf
}

// sample is a room with three keys and so many notes.
func sample(t testing.TB, room string, notes int) *log {
	t.Helper()
	return sampleOf(t, room, notes, model.RulesVersion)
}

// sampleOf is sample under a version of the rules.
func sampleOf(t testing.TB, room string, notes, rules int) *log {
	t.Helper()
	l := &log{t: t, room: room, hub: newWriter("hub", 1), ana: newWriter("ana", 2), bo: newWriter("bo", 3), writtenByID: map[uint64]*writer{}}
	d, p := model.Declaration{Title: "Deploy key in a public log", Severity: "SEV-1", Reason: "test", Plan: plan()}.Declare(l.hub.key)
	p.Body.(*model.PlanAdopted).Rules = rules
	l.say(l.ana, d.Body)
	l.say(l.ana, p.Body)
	l.say(l.hub, &model.KeyAdmitted{Key: l.bo.key, Handle: "bo", Right: model.Write, Door: "socket"})
	for i := range notes {
		w := l.ana
		if i%2 == 1 {
			w = l.bo
		}
		l.say(w, model.NewEntry(model.KindEntryNoted, fmt.Sprintf("note %d: «é» \u202e and [red]", i)))
	}
	return l
}

func plan() *model.Plan {
	return &model.Plan{
		Name: "small", Title: "Small plan",
		Severities: []model.Severity{{ID: "SEV-1", Label: "Critical", Rank: 1}},
		Roles:      []model.RoleDef{{ID: "commander", Label: "Commander", Mandatory: true, Powers: []model.Power{model.PowerAll}}},
		Phases:     []model.PhaseDef{{ID: "triage", Label: "Triage"}},
		Audiences:  []model.Audience{{ID: "customers", Label: "Customers"}, {ID: "legal", Label: "Legal"}},
		Items:      []model.ItemDef{{ID: "revoke", Phase: "triage", Text: "revoke the key"}},
	}
}

// pack writes a bag, signed by somebody.
func (l *log) pack(by *writer) []byte {
	l.t.Helper()
	var b bytes.Buffer
	x := record.Export{Short: "inc-1", Made: epoch, Agent: "test", Messages: l.ms, Notes: l.notes, Principal: by.handle, Key: by.priv}
	if err := x.Write(&b); err != nil {
		l.t.Fatal(err)
	}
	return b.Bytes()
}

// open reads a bag that has to be readable.
func open(t testing.TB, zip []byte) *record.Bag {
	t.Helper()
	b, err := record.Open(bytes.NewReader(zip), int64(len(zip)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// verify checks a bag.
func verify(t testing.TB, zip []byte, w record.Wish) *record.Verdict {
	t.Helper()
	return record.Verify(open(t, zip).Evidence(), w)
}

// rootOf is the root over messages.
func rootOf(ms []record.Message) (uint64, tlog.Hash) {
	var tree seal.Tree
	for _, m := range ms {
		tree.Add(seal.LeafHash(m.Sig, m.Data))
	}
	return tree.Size(), tree.Root()
}
