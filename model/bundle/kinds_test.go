package bundle_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/playbook"
)

// The people who may write an event of a kind.
const (
	byWriter  = "whoever may write"
	byCommand = "command, or a role with the power"
	byHub     = "the hub alone"
)

// marker is a word in each free text of the log of every kind.
const marker = "Zebra"

// kindLog is a signed log with the room that it folds to.
type kindLog struct {
	*log
	people map[string]*writer
	plan   *model.Plan
	r      *model.Room
	events []*model.Event
}

func newKindLog(t *testing.T, lobby bool) *kindLog {
	t.Helper()
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load the playbook: got %v, want none", err)
	}
	p.Items[1].TwoPeople, p.Items[2].Contains = true, "host"
	k := &kindLog{log: &log{t: t, room: ulid, hub: newWriter("hub", 1), ana: newWriter("ana", 2),
		bo: newWriter("bo", 3), writtenByID: map[uint64]*writer{}}, plan: p, r: model.NewRoom()}
	k.people = map[string]*writer{"hub": k.hub, "ana": k.ana, "bo": k.bo}
	for i, who := range []string{"cy", "fay", "eve", "zed"} {
		k.people[who] = newWriter(who, byte(4+i))
	}
	one, two := model.Declaration{Title: "Key in a log", Severity: "SEV-2", Reason: "test", Plan: p,
		Salt: "salt"}.Declare(k.hub.key)
	if lobby {
		one, two = model.OpenLobby(k.hub.key, "salt", p)
	}
	k.write("ana", one)
	k.write("ana", two)
	return k
}

// now is when the next event is recorded.
func (k *kindLog) now() time.Time { return epoch.Add(time.Duration(len(k.ms)+1) * time.Second) }

// write stores an event, folds it, and requires that it takes effect.
func (k *kindLog) write(who string, a model.Act) {
	k.t.Helper()
	before := k.r.StateHash()
	raw, err := json.Marshal(a.Body)
	if err != nil {
		k.t.Fatalf("encode: got %v, want none", err)
	}
	k.store(k.people[who], model.KindOf(a.Body), raw)
	m := k.ms[len(k.ms)-1]
	e, err := model.DecodeEvent(m.Data)
	if err != nil {
		k.t.Fatalf("decode: got %v, want none", err)
	}
	e.Seq, e.RecordedAt = m.Seq, m.At
	k.r, k.events = model.Apply(k.r, e), append(k.events, e)
	if l := k.r.Line(e.Seq); !l.Refused.IsEmpty() || l.Text.IsEmpty() && !l.Hidden || k.r.StateHash() == before {
		k.t.Fatalf("%s by %s: got line %q, refused %q; want it to have an effect", e.Kind, who, l.Text, l.Refused)
	}
}

// actor returns a person with their key, for Decide.
func (k *kindLog) actor(who string) model.Actor {
	return model.Actor{Handle: who, Key: k.people[who].key, Via: "test"}
}

// act returns the act of a row.
func (k *kindLog) act(row kindRow) model.Act {
	k.t.Helper()
	if row.body != nil {
		return model.Act{Body: row.body(k)}
	}
	line := row.line
	for n := range 10 {
		line = strings.ReplaceAll(line, fmt.Sprintf("{%d}", n), fmt.Sprint(k.r.Seq+1-uint64(n)))
	}
	a, err := model.Parse(line, model.Ctx{Room: k.r, Who: k.actor(row.who), Now: k.now(), Zone: time.UTC})
	if err != nil {
		k.t.Fatalf("%s: %s: got %v, want it read", row.who, line, err)
	}
	a.At = time.Time{}
	if h, ok := a.Body.(*model.HandoffEnded); ok && h.Reason == "" { // not every line has a place for it
		h.Reason = marker + " agreed"
	}
	if got := model.KindOf(a.Body); row.kind != "" && got != row.kind {
		k.t.Fatalf("%s: got the kind %s, want %s", line, got, row.kind)
	}
	return a
}

// rights checks who may write the event of a row at its position in the log.
func (k *kindLog) rights(row kindRow, a model.Act) {
	k.t.Helper()
	for who, allowed := range map[string]bool{"eve": false, "zed": false, "fay": row.may == byWriter, "hub": row.hub} {
		if row.may == byWriter && who == "fay" || row.kind == model.KindKeyAdmitted {
			continue // all who may write; some events are for the author, the holder or the person who was asked
		}
		err := model.Decide(k.r, k.actor(who), a, k.now())
		if forbidden := model.CodeOf(err) == model.Forbidden; forbidden == allowed {
			k.t.Errorf("%s by %s: got %v, want forbidden %v", row.kind, who, err, !allowed)
		}
	}
	if row.may == byWriter {
		if err := model.Decide(k.r, k.actor(row.who), a, k.now()); err != nil {
			k.t.Errorf("%s by %s: got %v, want it allowed", row.kind, row.who, err)
		}
	}
}

// play writes all rows.
func (k *kindLog) play(rows []kindRow) {
	k.t.Helper()
	for _, row := range rows {
		a := k.act(row)
		if row.kind != "" {
			k.rights(row, a)
			k.waits(row, a)
		}
		k.write(row.who, a)
	}
}

// waits checks that an act that waits in an outbox while the hub is unreachable is
// published unchanged, and is decided again at that time.
func (k *kindLog) waits(row kindRow, a model.Act) {
	k.t.Helper()
	d, err := model.NewDraft("id", k.actor(row.who), a, k.now())
	if err != nil {
		k.t.Fatalf("%s: draft: got %v, want none", row.kind, err)
	}
	raw, err := json.Marshal(d)
	if err != nil {
		k.t.Fatalf("%s: encode the draft: got %v, want none", row.kind, err)
	}
	var back model.Draft
	if err := json.Unmarshal(raw, &back); err != nil {
		k.t.Fatalf("%s: decode the draft: got %v, want none", row.kind, err)
	}
	b, err := back.Event(ulid).DecodeBody()
	if err != nil {
		k.t.Fatalf("%s: the draft's body: got %v, want none", row.kind, err)
	}
	if err := model.Decide(k.r, k.actor(row.who), model.Act{Body: b}, k.now()); err != nil {
		k.t.Errorf("%s from the outbox: got %v, want it allowed as before", row.kind, err)
	}
}

// TestEveryKindIsLikeEveryOther plays a log with events of every kind. Each is written by
// people who may, waits in an outbox, is exported, verified and imported, goes through a
// snapshot, loses its text when it is redacted, and is a plain line for a program that does
// not know its kind.
func TestEveryKindIsLikeEveryOther(t *testing.T) {
	room, lobby := newKindLog(t, false), newKindLog(t, true)
	room.play(kindRows)
	lobby.play(lobbyRows)
	have := []model.Kind{model.KindIncidentDeclared, model.KindPlanAdopted, model.KindLobbyOpened,
		model.KindEntryRedacted} // which is in the second half
	for _, row := range append(slices.Clone(kindRows), lobbyRows...) {
		have = append(have, row.kind)
	}
	for _, k := range model.Kinds() {
		if !slices.Contains(have, k) {
			t.Errorf("%s has no row: add one, with who may write it and the word %q in its free texts", k, marker)
		}
	}
	for name, k := range map[string]*kindLog{"room": room, "lobby": lobby} {
		t.Run(name, func(t *testing.T) {
			k.t = t
			k.olderProgram()
			k.snapshots()
			k.export()
			k.redactAll()
		})
	}
}

// olderProgram checks that an event of an unknown kind is a line of plain text, has no
// effect, and does not affect the events after it.
func (k *kindLog) olderProgram() {
	k.t.Helper()
	prev := model.NewRoom()
	for i, e := range k.events {
		before := prev
		prev = model.Apply(prev, e)
		if e.Kind.Begins() || e.Kind == model.KindPlanAdopted || e.Kind == model.KindKeyAdmitted {
			continue // without them there is no room, and no author
		}
		unknown := *e
		unknown.Kind = "later." + e.Kind
		r := model.Apply(before, &unknown)
		l := r.Line(e.Seq)
		want := string(unknown.Kind) + " (unknown to this warroom"
		if !l.Refused.IsEmpty() || !strings.HasPrefix(l.Text.String(), want) {
			k.t.Errorf("%s in an older program: got %q, refused %q; want a plain line", e.Kind, l.Text, l.Refused)
		}
		if r.Entries != before.Entries || r.Status != before.Status || len(r.Items) != len(before.Items) {
			k.t.Errorf("%s in an older program: got an effect on the room, want none", e.Kind)
		}
		model.Replay(r, k.events[i+1:]...).StateHash()
	}
}

// snapshots checks that restoring the room from a snapshot after any event leads to the
// same room in the end.
func (k *kindLog) snapshots() {
	k.t.Helper()
	prev := model.NewRoom()
	for i, e := range k.events {
		prev = model.Apply(prev, e)
		raw, err := prev.Snapshot(3)
		if err != nil {
			k.t.Fatalf("snapshot after %s: got %v, want none", e.Kind, err)
		}
		r, err := model.Restore(raw)
		if err != nil {
			k.t.Fatalf("restore after %s: got %v, want none", e.Kind, err)
		}
		if got, want := model.Replay(r, k.events[i+1:]...).StateHash(), k.r.StateHash(); got != want {
			k.t.Errorf("restored after %s: got state %s in the end, want %s", e.Kind, got, want)
		}
	}
}

// export checks that the log verifies as an export, and that an import of it has the same
// room.
func (k *kindLog) export() {
	k.t.Helper()
	k.checkpoint()
	v := verify(k.t, k.pack(k.hub), bundle.VerifyOptions{Key: k.hub.key})
	if !v.Sound() || v.Room == nil || v.Room.StateHash() != k.r.StateHash() {
		k.t.Fatalf("export: got bad %v, open %v; want it sound, with the state of the room", v.Bad, v.Open)
	}
}

// redactAll redacts every event that has text. The effects of the events stay, and the text
// is nowhere in the export.
func (k *kindLog) redactAll() {
	k.t.Helper()
	refused := k.r.Rejected
	var lost []model.Kind
	for i := 0; i < len(k.ms); i++ {
		e, err := model.DecodeEvent(k.ms[i].Data)
		if err != nil || !strings.HasPrefix(k.ms[i].Subject, "log.") || e.Seq != 0 {
			continue
		}
		if !bytes.Contains(k.ms[i].Data, []byte(marker)) && e.Kind.Redactable() {
			k.t.Errorf("%s: got an event without the word %q, want it in its free texts", e.Kind, marker)
		}
		if !e.Kind.Redactable() || k.ms[i].Seq <= 2 || e.Kind == model.KindEntryRedacted {
			continue
		}
		k.redact(k.ana, i)
		lost = append(lost, e.Kind)
		i--
	}
	k.notes = nil
	k.checkpoint()
	bag := k.pack(k.hub)
	v := verify(k.t, bag, bundle.VerifyOptions{Key: k.hub.key})
	if !v.Sound() || v.Room == nil {
		k.t.Fatalf("redacted: got bad %v, want it sound", v.Bad)
	}
	if v.Room.Rejected != refused {
		for _, l := range v.Room.Lines() {
			if !l.Refused.IsEmpty() {
				k.t.Errorf("redacted: entry %d, %s: got refused %q, want its effect to stay", l.Seq, l.Kind, l.Refused)
			}
		}
	}
	for _, state := range []func(r *model.Room) string{counts, statuses} {
		if got, want := state(v.Room), state(k.r); got != want {
			k.t.Errorf("redacted: got %s, want %s as before", got, want)
		}
	}
	for name, raw := range contents(k.t, bag) {
		if i := bytes.Index(raw, []byte(marker)); i >= 0 {
			k.t.Errorf("redacted %s: %s has the text: %.120q", lost, name, raw[max(0, i-60):])
		}
	}
}

// counts returns the number of elements of each list of a room.
func counts(r *model.Room) string {
	return fmt.Sprint(len(r.Assets), len(r.Indicators), len(r.Polls), len(r.Asks), len(r.Followups), len(r.Items),
		len(r.Dispatches), len(r.Drafts), len(r.Roles), len(r.Evidence), len(r.Alerts), len(r.Exceptions), r.Entries)
}

// statuses returns the state of every element of a room.
func statuses(r *model.Room) string {
	s := fmt.Sprint(r.Status, r.Severity, r.Phase, r.Drill)
	for i := range r.Items {
		s += fmt.Sprint(" ", r.Items[i].State)
	}
	for _, a := range r.Assets {
		s += " " + a.State()
	}
	for i := range r.Polls {
		s += fmt.Sprint(" ", r.Polls[i].State(r.RecordedAt))
	}
	for _, v := range r.ClockViews(r.RecordedAt) {
		s += fmt.Sprint(" ", v.Def.ID, v.State)
	}
	return s
}

// contents are the files of a bag.
func contents(t testing.TB, bag []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(bag), int64(len(bag)))
	if err != nil {
		t.Fatalf("read the bag: got %v, want none", err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatalf("open %s: got %v, want none", f.Name, err)
		}
		raw, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatalf("read %s: got %v, want none", f.Name, err)
		}
		out[f.Name] = raw
	}
	return out
}
