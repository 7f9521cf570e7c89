package model_test

import (
	"fmt"
	"strings"
	"testing"

	"warroom/model"
)

// evidenceFirst returns a room whose plan has an item, number 1, that waits for two
// classes of evidence and whose override takes two people.
func evidenceFirst(t testing.TB) *testRoom {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.room.Plan.Items[0].Evidence, k.room.Plan.Items[0].TwoPeople = []string{"log", "snapshot"}, true
	k.room.Plan.Items[0].Meets, k.room.Plan.Items[0].Milestone = "", ""
	k.admit("bo", model.Write)
	k.mustType("ana", ":role ic @ana")
	return k
}

const lacking = "item 1 needs evidence that is not there yet: log, snapshot; add it with :evidence FILE --class " +
	"log; to override it, as Commander or with the right command: :check 1 override REASON"

// TestEvidenceFirst: checking an item off does not pass a gate that waits for
// evidence.
func TestEvidenceFirst(t *testing.T) {
	k := evidenceFirst(t)
	for _, id := range []string{"keep-logs", "keep-metrics", "keep-snapshots"} {
		k.mustType("ana", fmt.Sprintf(":check %d", k.room.ItemByID(id).N))
	}
	k.refused("ana", ":check 1", lacking)
}

// TestTheSameFileIsOnePiece: one file under two classes does not open a gate that names
// both; a second one does.
func TestTheSameFileIsOnePiece(t *testing.T) {
	k := evidenceFirst(t)
	file := func(blob, class, sum string) {
		b := collected(class)
		b.Blob, b.SHA256 = blobID[:len(blobID)-1]+blob, strings.Repeat(sum, 32)
		k.act("ana", b)
	}
	file("2", "log", "ab")
	file("3", "snapshot", "ab")
	want := "item 1 needs evidence that is not there yet: snapshot; E1 and E2 are the same file; add it with " +
		":evidence FILE --class snapshot; to override it, as Commander or with the right command: :check 1 override " +
		"REASON"
	k.refused("ana", ":check 1", want)
	file("4", "log", "cd")
	k.mustType("ana", ":check 1")
}

// TestTwoPeopleOverride: an override has to be confirmed by another person than the
// one who requested it.
func TestTwoPeopleOverride(t *testing.T) {
	k := evidenceFirst(t)
	k.refused("ana", ":confirm 1", "item 1 has no override to confirm")
	k.mustType("ana", ":check 1 override the disk is on fire")
	it := k.room.ItemByN(1)
	if it.State != model.ItemTodo || it.Asked == nil || it.Asked.By != "ana" {
		t.Errorf("got %s, asked %+v; want it open and asked for by ana", it.State, it.Asked)
	}
	k.refused("ana", ":check 1 override again", "ana already requested that; a second person confirms it: :confirm 1")
	k.refused("ana", ":confirm 1", "ana requested the override of item 1; a second person confirms it: :confirm 1; "+
		"to take it "+
		"back: :withdraw 1")
	k.mustType("bo", ":confirm 1 I see the smoke")
	it = k.room.ItemByN(1)
	if it.State != model.ItemDone || it.By != "ana" || it.SecondBy != "bo" || it.Override != "the disk is on fire" ||
		it.Asked != nil {
		t.Errorf("got %+v, want it done by ana, confirmed by bo", it)
	}
	k.mustType("ana", ":uncheck 1 not burnt")
	if it := k.room.ItemByN(1); it.SecondBy != "" || it.Override != "" {
		t.Errorf("opened again: got %+v, want no override", it)
	}
}

// TestAnOverrideIsNoSecondKey: another terminal of the person who requested the override does
// not confirm it.
func TestAnOverrideIsNoSecondKey(t *testing.T) {
	k := evidenceFirst(t)
	k.mustType("ana", ":check 1 override the disk is on fire")
	k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: "key-ana-2", Handle: "ana", Right: model.Command,
		Origin: "socket"}})
	act, err := model.Parse(":confirm 1", k.ctx("bo"))
	if err != nil {
		t.Fatalf("parse: got %v, want none", err)
	}
	err = model.Decide(k.room, model.Actor{Handle: "ana", Key: "key-ana-2"}, act, k.now)
	want := "ana requested the override of item 1; a second person confirms it: :confirm 1; to take it " +
		"back: :withdraw 1"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestLeftOpen: the preview of a resolution names what is open.
func TestLeftOpen(t *testing.T) {
	k := evidenceFirst(t)
	k.mustType("ana", ":ask @bo 3m is it dead?", "TODO: rotate monthly")
	h := model.HintOf(":resolve override it is dead", k.ctx("ana"))
	for _, want := range []string{"item 1 ", "ask 1 to @bo: is it dead?",
		"follow-up 1 rotate monthly (no owner or no date)",
		"nobody was Scribe", "exposure was never assessed", "clock "} {
		if got := h.Impact.String(); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

// TestLeftOpenLater: items that come after the resolution are not open before it.
func TestLeftOpenLater(t *testing.T) {
	k := evidenceFirst(t)
	has := func() bool {
		return strings.Contains(model.JoinSafe(model.Lit("; "), k.room.LeftOpen(k.now)...).String(), "Watch the logs")
	}
	if has() {
		t.Error("before the resolution: got the watch items, want none of them")
	}
	k.mustType("ana", ":resolve override done")
	if !has() {
		t.Error("after the resolution: got none of the watch items, want them")
	}
}
