package bundle_test

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
	"warroom/model/bundle"
	"warroom/model/signing"
)

// epoch is the time at which the sample rooms begin.
var epoch = time.Date(2026, 11, 21, 14, 0, 0, 123456789, time.UTC)

// ulid is the id of the sample rooms.
const ulid = "01JDHUB0000000000000000000"

// writer signs messages with one key.
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
	return &writer{handle: handle, priv: priv, key: signing.KeyText(priv.Public().(ed25519.PublicKey))}
}

// log is a growing log of a room.
type log struct {
	t           testing.TB
	room        string
	hub, ana    *writer
	bo          *writer
	ms          []bundle.Message
	tree        signing.Tree
	notes       [][]byte
	writtenByID map[uint64]*writer
	gone        int       // number of deleted messages
	escaped     bool      // the kind of the next messages begins with an escape, as other programs may write it
	hole        uint64    // sequence of the redacted message, for attacks
	holeLeaf    tlog.Hash // its leaf
}

// add stores an event of w.
func (l *log) add(w *writer, b model.Body) {
	l.t.Helper()
	raw, err := json.Marshal(b)
	if err != nil {
		l.t.Fatalf("encode JSON: %v", err)
	}
	l.store(w, model.KindOf(b), raw)
}

func (l *log) store(w *writer, kind model.Kind, body []byte) {
	l.t.Helper()
	seq := uint64(len(l.ms)+l.gone) + 1
	w.n++
	at := epoch.Add(time.Duration(seq) * time.Second)
	e := model.Event{V: 1, Room: l.room, ID: fmt.Sprintf("%s-%d", l.room, seq), Key: w.key, N: w.n, Prev: w.prev,
		Kind: kind, At: at, By: w.handle, Via: "test", Body: body}
	raw, err := e.Encode()
	if err != nil {
		l.t.Fatalf("encode: %v", err)
	}
	if l.escaped {
		raw = bytes.Replace(raw, []byte(kind), []byte(`\u00`+fmt.Sprintf("%x", kind[0])+string(kind[1:])), 1)
	}
	m := bundle.Message{Seq: seq, At: at, Subject: "log." + w.handle + "." + w.key, Sig: signing.Sign(w.priv, raw),
		Data: raw}
	w.prev = signing.Leaf(m.Sig, m.Data)
	l.ms = append(l.ms, m)
	l.tree.Add(signing.LeafHash(m.Sig, m.Data))
	l.writtenByID[seq] = w
}

// point returns the checkpoint of the current log.
func (l *log) point() signing.Checkpoint {
	return signing.Checkpoint{Room: l.room, Size: l.tree.Size(), Root: l.tree.Root()}
}

// checkpoint has the hub sign a checkpoint.
func (l *log) checkpoint() {
	l.t.Helper()
	n, err := l.point().SignTimes(l.hub.priv, l.times())
	if err != nil {
		l.t.Fatalf("sign times: %v", err)
	}
	l.notes = append(l.notes, n)
}

// times returns the running hash over the recorded times, after the last leaf.
func (l *log) times() (leaf signing.Times) {
	var all signing.Times
	tombstones := bundle.Tombstones(l.ms)
	next := uint64(1)
	for _, m := range l.ms {
		for ; next < m.Seq; next++ {
			all = all.Add(next, tombstones[next].At)
		}
		if all, next = all.Add(m.Seq, m.At), m.Seq+1; strings.HasPrefix(m.Subject, "log.") {
			leaf = all
		}
	}
	return leaf
}

// sample returns a room with three keys and a number of notes.
func sample(t testing.TB, room string, notes int) *log {
	t.Helper()
	return sampleOf(t, room, notes, model.RulesVersion)
}

// sampleOf is sample for a version of the rules.
func sampleOf(t testing.TB, room string, notes, rules int) *log {
	t.Helper()
	l := &log{t: t, room: room, hub: newWriter("hub", 1), ana: newWriter("ana", 2), bo: newWriter("bo", 3),
		writtenByID: map[uint64]*writer{}}
	d, p := model.Declaration{Title: "Deploy key in a public log", Severity: "SEV-1", Reason: "test",
		Plan: plan()}.Declare(l.hub.key)
	p.Body.(*model.PlanAdopted).Rules = rules
	l.add(l.ana, d.Body)
	l.add(l.ana, p.Body)
	l.add(l.hub, &model.KeyAdmitted{Key: l.bo.key, Handle: "bo", Right: model.Write, Origin: "socket"})
	for i := range notes {
		w := l.ana
		if i%2 == 1 {
			w = l.bo
		}
		l.add(w, model.NewEntry(model.KindEntryNoted, fmt.Sprintf("note %d: «é» \u202e and [red]", i)))
	}
	return l
}

func plan() *model.Plan {
	return &model.Plan{
		Name: "small", Title: "Small plan",
		Severities: []model.Severity{{ID: "SEV-1", Label: "Critical", Rank: 1}},
		Roles: []model.RoleDef{{ID: "commander", Label: "Commander", Mandatory: true,
			Powers: []model.Power{model.PowerAll}}},
		Phases:    []model.PhaseDef{{ID: "triage", Label: "Triage"}},
		Audiences: []model.Audience{{ID: "customers", Label: "Customers"}, {ID: "legal", Label: "Legal"}},
		Items:     []model.ItemDef{{ID: "revoke", Phase: "triage", Text: "revoke the key"}},
	}
}

// pack writes a bag signed by by.
func (l *log) pack(by *writer) []byte {
	l.t.Helper()
	var b bytes.Buffer
	x := bundle.Export{Short: "inc-1", Made: epoch, Agent: "test", Messages: l.ms, Notes: l.notes, Principal: by.handle,
		Key: by.priv}
	if err := x.Write(&b); err != nil {
		l.t.Fatalf("write: %v", err)
	}
	return b.Bytes()
}

// open reads a bag and fails the test if it cannot.
func open(t testing.TB, zip []byte) *bundle.Bag {
	t.Helper()
	b, err := bundle.Open(bytes.NewReader(zip), int64(len(zip)))
	if err != nil {
		t.Fatalf("open a record: %v", err)
	}
	return b
}

// verify opens and verifies a bag.
func verify(t testing.TB, zip []byte, w bundle.VerifyOptions) *bundle.Verdict {
	t.Helper()
	return bundle.Verify(open(t, zip).Evidence(), w)
}

// rootOf returns the size and the root over messages.
func rootOf(ms []bundle.Message) (uint64, tlog.Hash) {
	var tree signing.Tree
	for _, m := range ms {
		tree.Add(signing.LeafHash(m.Sig, m.Data))
	}
	return tree.Size(), tree.Root()
}
