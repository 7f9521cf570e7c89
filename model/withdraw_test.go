package model_test

import (
	"testing"

	"warroom/model"
)

// TestOverrideIsWithdrawn: who requested an override takes it back before it is confirmed, and
// somebody else declines it. The item stays open, and the override can be requested again.
func TestOverrideIsWithdrawn(t *testing.T) {
	k := evidenceFirst(t)
	k.refused("ana", ":withdraw 1", "no override of item 1 waits for a second person")
	k.mustType("ana", ":check 1 override the disk is on fire")
	k.refused("bo", ":withdraw 1", "that is the request of ana; :decline declines it")
	k.refused("ana", ":decline 1 no", "that is your own request; take it back with :withdraw")
	k.mustType("ana", ":withdraw 1 the fire is out")
	if it := k.room.ItemByN(1); it.State != model.ItemTodo || it.Asked != nil {
		t.Errorf("withdrawn: got %s, asked %+v; want it open and nothing asked", it.State, it.Asked)
	}
	want := k.room.ItemByN(1).Text
	if got, want := k.last(), "1  "+want+": the request for an override is withdrawn: the fire is out"; got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
	k.refused("bo", ":confirm 1", "item 1 has no override to confirm")
	k.mustType("ana", ":check 1 override it burns again")
	k.mustType("bo", ":decline 1 use the extinguisher")
	if got, want := k.last(), "1  "+want+": the override requested by ana is declined: use the "+
		"extinguisher"; got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
	if it := k.room.ItemByN(1); it.Asked != nil {
		t.Errorf("declined: got asked %+v, want nothing", it.Asked)
	}
	k.mustType("ana", ":check 1 override it burns again")
	k.mustType("bo", ":confirm 1")
	if it := k.room.ItemByN(1); it.State != model.ItemDone {
		t.Errorf("confirmed: got %s, want it done", it.State)
	}
}

// TestDraftIsWithdrawn: a draft that is not sent is withdrawn by its author, and declined by who
// may approve it.
func TestDraftIsWithdrawn(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.admit("bo", model.Write)
	k.admit("cy", model.Write)
	k.mustType("ana", ":role ic @ana", ":role comms @bo")
	k.mustType("bo", ":update customers we look into it")
	k.refused("cy", ":decline draft 1", "cy may not do that (sending updates and notices); it needs the right "+
		"\"command\" or one of these roles: Incident Commander (ana), Scribe, Communications Lead (bo)")
	k.refused("bo", ":decline draft 1", "that is your own request; take it back with :withdraw")
	k.mustType("bo", ":withdraw draft the facts are wrong")
	if got, want := k.room.Drafts[0].State(), "withdrawn"; got != want {
		t.Errorf("state: got %s, want %s", got, want)
	}
	if got := k.room.WaitingDrafts(); len(got) != 0 {
		t.Errorf("waiting: got %+v, want none", got)
	}
	if err := k.try("ana", ":approve 1"); model.CodeOf(err) != model.Conflict {
		t.Errorf("approve: got %v, want a conflict", err)
	}
	k.mustType("bo", ":update customers we look into it again")
	k.mustType("ana", ":decline draft 2 too early")
	if got, want := k.last(), "2  to Customers by bo, declined: too early"; got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
	k.refused("ana", ":withdraw draft 3", "there is no draft 3; this room has 1 to 2")
}

// TestProposalIsWithdrawnByNumber: the number of an entry with a proposal works for all who
// answer it: :confirm, :withdraw and :decline.
func TestProposalIsWithdrawnByNumber(t *testing.T) {
	k := leaderless(t)
	k.mustType("bo", ":takeover ic nobody leads")
	n := k.proposal()
	k.refused("cy", model.Safef(":withdraw %d", n).String(), "that is the request of bo; :decline declines it")
	k.mustType("bo", model.Safef(":withdraw %d", n).String())
	if got := k.room.OpenProposals(); len(got) != 0 {
		t.Errorf("withdrawn: got %+v, want none", got)
	}
	k.mustType("bo", ":takeover ic nobody leads")
	k.mustType("ana", model.Safef(":decline %d", k.proposal()).String())
	if got := k.room.OpenProposals(); len(got) != 0 {
		t.Errorf("declined: got %+v, want none", got)
	}
}

// TestWithdrawnDraftIsPreparedAgain: once exposure is suspected, an update whose only draft was
// withdrawn is prepared as before.
func TestWithdrawnDraftIsPreparedAgain(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.mustType("ana", ":exposure suspected gdpr")
	for _, step := range []struct {
		line string
		want int
	}{{"a note", 1}, {":update customers draft we look into it", 0}, {":withdraw draft 1", 1}} {
		k.mustType("ana", step.line)
		if got := len(k.room.PreparedUpdates()); got != step.want {
			t.Errorf("after %s: got %d prepared, want %d", step.line, got, step.want)
		}
	}
}

// TestReasonsOfADecline: words and numbers that begin the reason of somebody who declines an
// offered role do not decline something else.
func TestReasonsOfADecline(t *testing.T) {
	for _, reason := range []string{"draft was never shown to me", "2 other incidents already", "draft",
		"comes at a bad time", "commanded elsewhere"} {
		k := mistypedRoom(t)
		k.mustType("ana", ":handoff scribe @cy please take over")
		k.mustType("cy", ":decline "+reason)
		if n := len(k.room.WaitingDrafts()); n != 1 {
			t.Errorf("%s: got %d drafts that wait, want 1", reason, n)
		}
		if got, want := len(k.room.Handoffs), 0; got != want {
			t.Errorf("%s: got %d offers that wait, want %d", reason, got, want)
		}
	}
	k := mistypedRoom(t)
	k.mustType("ana", ":withdraw draft")
	k.refused("ana", ":withdraw draft", "no draft of an update waits, so there is nothing to withdraw")
	k.refused("ana", ":approve", "every draft of an update has been sent, replaced or withdrawn; `:update AUDIENCE "+
		"draft` makes one")
}
