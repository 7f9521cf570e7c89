package present

import (
	"iter"
	"time"

	"warroom/model"
)

// MatterKind is what kind of matter waits for a person.
type MatterKind int

// The kinds of matters, the most important first.
const (
	MatterRecord  MatterKind = iota // the record cannot be relied on
	MatterLink                      // there is a problem with the hub
	MatterOpen                      // a restricted room is on a server that others may read
	MatterOffer                     // a role is offered to the person
	MatterCommand                   // nobody leads
	MatterAsk                       // the person is asked for something
	MatterLateAsk                   // the same, and overdue
	MatterBridge                    // a bridge does not deliver
	MatterJoin                      // somebody asks to join
	MatterTwoJobs                   // one person has two roles that exclude each other
)

// A Matter waits for a person.
type Matter struct {
	Kind  MatterKind
	What  Wording
	Reply model.Safe // the commands that reply, if What does not name them
}

// Attention yields the matters that wait for a person, the most important first.
func Attention(v *model.View, me string, now time.Time) iter.Seq[Matter] {
	return func(yield func(Matter) bool) {
		_ = matterOfRoom(v, yield) && offersTo(v.Room, me, yield) && matterOfCommand(v.Room, me, now, yield) &&
			asksOf(v.Room, me, now, yield) && matterOfOthers(v, now, yield)
	}
}

// FirstMatter returns the most important matter that waits for a person.
func FirstMatter(v *model.View, me string, now time.Time) (first Matter, ok bool) {
	Attention(v, me, now)(func(m Matter) bool {
		first, ok = m, true
		return false
	})
	return first, ok
}

// matterOfRoom yields what is wrong with the record and the hub.
func matterOfRoom(v *model.View, yield func(Matter) bool) bool {
	if !v.Proof.Alarm.IsEmpty() && !yield(Matter{Kind: MatterRecord, What: same(Alarm(v.Proof))}) {
		return false
	}
	if !v.Link.Problem.IsEmpty() && !yield(Matter{Kind: MatterLink, What: same(v.Link.Problem)}) {
		return false
	}
	return !v.Link.Bares(v.Room) || yield(Matter{Kind: MatterOpen, What: same(model.Safef("%s", model.OpenRoom))})
}

// offersTo yields the roles that are offered to a person.
func offersTo(r *model.Room, me string, yield func(Matter) bool) bool {
	for _, h := range r.Handoffs {
		if h.To == me && !yield(Matter{Kind: MatterOffer, What: OfferToYou(r, h)}) {
			return false
		}
	}
	return true
}

// matterOfCommand yields that the commander is silent, and what a second person can
// confirm.
func matterOfCommand(r *model.Room, me string, now time.Time, yield func(Matter) bool) bool {
	for _, p := range r.OpenProposals() {
		if p.Person != me && !yield(Matter{Kind: MatterCommand, What: same(p.Words(r))}) {
			return false
		}
	}
	g, ok := r.CommandGap(now)
	return !ok || g.Holder == "" || yield(Matter{Kind: MatterCommand, What: same(g.Words(now))})
}

// asksOf yields what a person is asked for.
func asksOf(r *model.Room, me string, now time.Time, yield func(Matter) bool) bool {
	for _, a := range r.Asks {
		if !r.IsAsked(a, me) || a.Done {
			continue
		}
		if !yield(AskMatter(a, now)) {
			return false
		}
	}
	return true
}

// AskMatter returns an ask as a matter of the person whom it is for.
func AskMatter(a *model.Ask, now time.Time) Matter {
	m := Matter{Kind: MatterAsk, What: same(model.Safef("%s asks you (%s): %s", a.From, AskDue(a, now).Short,
		model.CleanLine(a.Text))), Reply: model.Safef(":ack %d, :answer %d TEXT", a.N, a.N)}
	if a.Acked {
		m.Reply = model.Safef(":answer %d TEXT", a.N)
	}
	if !now.Before(a.Due) {
		m.Kind = MatterLateAsk
	}
	return m
}

// matterOfOthers yields what anybody may act on: bridges, join requests, and two roles
// that exclude each other.
func matterOfOthers(v *model.View, now time.Time, yield func(Matter) bool) bool {
	for _, t := range v.Room.BridgeProblems(now) {
		if !yield(Matter{Kind: MatterBridge, What: same(t.Words(now.Location()))}) {
			return false
		}
	}
	for _, k := range v.JoinRequests {
		if !yield(Matter{Kind: MatterJoin, What: same(AsksToJoin(k))}) {
			return false
		}
	}
	who, why := v.Room.TwoJobs()
	return who == "" || why != nil || yield(Matter{Kind: MatterTwoJobs, What: same(TwoJobs(v.Room))})
}

// Sentence returns a matter with the commands that reply.
func (m Matter) Sentence() model.Safe {
	if m.Reply.IsEmpty() {
		return m.What.Full
	}
	return model.Safef("%s (reply with %s)", m.What.Full, m.Reply)
}

// Alarm describes why the record cannot be relied on, or why nothing is written to the
// room.
func Alarm(p model.Proof) model.Safe {
	if p.Held { // the alarm begins with that
		return p.Alarm
	}
	return model.Safef("two conflicting records: %s", p.Alarm)
}

// HubSilent describes that the hub does not answer.
func HubSilent(l model.Link) model.Safe {
	return model.Safef("the hub does not answer (%s)", l.Problem)
}

// HubGone describes the same, and what becomes of lines that are written meanwhile.
func HubGone(l model.Link) model.Safe {
	return model.Safef("%s; what you write stays in the outbox until it does", HubSilent(l))
}

// HubBack describes that it answers again.
var HubBack = model.Lit("the hub answers again")
