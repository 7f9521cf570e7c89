package ui_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/screen"
	"warroom/ui/shared"
)

// TestAlikeAtAnyTime: whatever happens and whatever keys are pressed, terminals that share
// state each show the same as a terminal of the same person with the same keys that shares
// nothing.
func TestAlikeAtAnyTime(t *testing.T) {
	for seed := range uint64(1) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		h, short := busy(t)
		mustType(t, h, short, "di here")
		table, common := screen.NewTable(), shared.New()
		var open, alone []*board
		var list []viewer
		for _, handle := range []string{"ana", "bo", "di"} {
			list = append(list, viewer{handle, "inc-1", 90, 24, 256, false, time.UTC})
		}
		for _, v := range list {
			open = append(open, watch(t, h, v, table, common))
			alone = append(alone, watch(t, h, v, nil, shared.New()))
		}
		pass(t, h, append(open, alone...)) // the messages about who came have passed
		for step := range 40 {
			i := rnd.IntN(len(list))
			what := fmt.Sprintf("seed %d, step %d", seed, step)
			if rnd.IntN(2) == 0 {
				keys := randomKeys(rnd)
				what += fmt.Sprintf(", keys of viewer %d", i)
				for _, b := range []*board{open[i], alone[i]} {
					for _, k := range keys {
						b.PostEventWait(k)
					}
				}
			} else {
				line := randomLine(rnd)
				what += ", " + line
				if who, text, _ := strings.Cut(line, " "); h.SubmitLine(who, "inc-1", text) == nil {
					h.Clock.Add(time.Duration(rnd.IntN(90)) * time.Second)
				}
			}
			if rnd.IntN(8) == 0 {
				h.SetLink(model.Link{State: model.Live, Moved: step,
					Problem: []model.Safe{{}, {}, model.Lit("the disk is nearly full")}[rnd.IntN(3)]})
			}
			if rnd.IntN(8) == 0 {
				now := h.Clock.Now()
				people := []model.Presence{{Handle: "ana", LastSeen: now}, {Handle: list[i].handle, LastSeen: now},
					{Handle: "ed", LastSeen: now}}
				h.Seen("inc-1", people[:1+rnd.IntN(3)]...)
			}
			if rnd.IntN(8) == 0 {
				h.AskToJoin([]model.JoinRequest{{Handle: "ed", Key: "k"}}[:rnd.IntN(2)]...)
			}
			for j := range list {
				open[j].settle(t)
				alone[j].settle(t)
				match(t, fmt.Sprintf("%s: viewer %d, %s", what, j, list[j].handle), open[j], alone[j])
			}
		}
	}
}

// TestUnlikeOthers: a terminal that differs in one thing from another one, which draws each
// state first, shows what it shows if it shares nothing.
func TestUnlikeOthers(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []tcell.Event
		line string // what somebody writes
		away bool   // the link was lost for a while, which the other terminal has dismissed
	}{
		{name: "text", keys: pressed("x")},
		{name: "a decision", keys: pressed("!x")},
		{name: "completions", keys: pressed(":re")},
		{name: "a note", keys: pressed(tcell.KeyCtrlZ)},
		{name: "scrolled back", keys: pressed(tcell.KeyPgUp)},
		{name: "a selected line", keys: pressed(tcell.KeyTab)},
		{name: "a selected line to amend", keys: pressed(tcell.KeyTab, "a")},
		{name: "a summary", away: true},
		{name: "a line that was clicked", keys: []tcell.Event{tcell.NewEventMouse(9, 12, tcell.ButtonPrimary, 0)}},
		{name: "a filter", keys: pressed(tcell.KeyTab, "/k", tcell.KeyEnter, tcell.KeyTab)},
		{name: "the order by time", keys: pressed(tcell.KeyTab, "o", tcell.KeyEsc)},
		{name: "UTC", keys: pressed(tcell.KeyCtrlT)},
		{name: "a refused line", keys: pressed(":y", tcell.KeyEnter)},
		{name: "a mention", line: "bo @ana please look"},
		{name: "an ask", line: "bo :ask @ana 5m look"},
		{name: "an offer", line: "bo :handoff scribe @ana"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, short := busy(t)
			for range 12 {
				mustType(t, h, short, "cy a note, so that the lines do not all fit", "bo another one")
			}
			table, common, east := screen.NewTable(), shared.New(), time.FixedZone("east", 3600)
			first := watch(t, h, viewer{"bo", short, 90, 24, 256, false, east}, table, common)
			one := watch(t, h, viewer{"ana", short, 90, 24, 256, false, east}, table, common)
			alone := watch(t, h, viewer{"ana", short, 90, 24, 256, false, east}, nil, shared.New())
			same := func() {
				t.Helper()
				for _, b := range []*board{first, one, alone} {
					b.settle(t)
				}
				match(t, c.name, one, alone)
			}
			pass(t, h, []*board{first, one, alone}) // everybody has seen who came
			pass(t, h, []*board{first, one, alone}) // and the message about it has passed
			if c.line != "" {
				mustType(t, h, short, c.line)
			}
			if c.away {
				h.SetLink(model.Link{State: model.Offline, Since: h.Clock.Now()})
				same()
				mustType(t, h, short, "cy meanwhile")
				h.SetLink(model.Link{State: model.Live, Since: h.Clock.Now()})
				same()
				press(first, tcell.KeyEsc)
			}
			for _, k := range c.keys {
				one.PostEventWait(k)
				alone.PostEventWait(k)
			}
			same()
			mustType(t, h, short, "cy a note")
			same()
			h.Clock.Add(time.Minute)
			same()
			h.Seen(short, model.Presence{Handle: "bo", LastSeen: h.Clock.Now()}, // who left is shown to others
				model.Presence{Handle: "ana", LastSeen: h.Clock.Now()})
			same()
			h.Seen(short, model.Presence{Handle: "bo", LastSeen: h.Clock.Now()})
			same()
		})
	}
}

// randomLine returns somebody and what they write.
func randomLine(rnd *rand.Rand) string {
	who := []string{"ana", "bo", "cy", "di"}
	line := []string{"a note", "a note", "a note that is long, " + strings.Repeat("as some are, ", 12),
		"@di please look", "@bo and @cy please look", ":ask @di 5m look again", ":ask @bo 5m look", ":ask ic 5m decide",
		":handoff commander @bo", ":role sre @di", ":role comms @cy", ":phase recovery", ":sev SEV-2 calmer",
		":check 2", ":start 4", ":block 5 by the provider", ":pin 6", ":retract 9 not so", "!restore tonight",
		":accept commander", ":answer 1 yes", ":answer 2 no", ":poll 5m continue?"}
	return who[rnd.IntN(len(who))] + " " + line[rnd.IntN(len(line))]
}

// randomKeys returns keys that submit nothing.
func randomKeys(rnd *rand.Rand) []tcell.Event {
	lists := [][]any{
		{"half a line"}, {":ro"}, {"@"}, {"!x"}, {tcell.KeyCtrlU}, {tcell.KeyCtrlU}, {tcell.KeyEsc},
		{tcell.KeyEsc, tcell.KeyEsc, tcell.KeyCtrlU}, {tcell.KeyPgUp}, {tcell.KeyPgUp, tcell.KeyPgUp}, {tcell.KeyPgDn},
		{tcell.KeyPgDn, tcell.KeyPgDn, tcell.KeyPgDn}, {tcell.KeyTab}, {tcell.KeyTab, tcell.KeyUp, tcell.KeyUp},
		{"/look"},
		{"/kind:decision"}, {tcell.KeyCtrlL}, {tcell.KeyTab, "o", tcell.KeyTab}, {tcell.KeyCtrlT}, {tcell.KeyCtrlT},
		{tcell.KeyCtrlZ}, {tcell.KeyF2, tcell.KeyEsc}, {tcell.KeyF3}, {tcell.KeyF4, tcell.KeyEsc},
	}
	return pressed(lists[rnd.IntN(len(lists))]...)
}

// pressed returns the events of keys and texts.
func pressed(of ...any) (out []tcell.Event) {
	for _, k := range of {
		switch k := k.(type) {
		case tcell.Key:
			out = append(out, tcell.NewEventKey(k, 0, tcell.ModNone))
		case string:
			for _, r := range k {
				out = append(out, tcell.NewEventKey(tcell.KeyRune, r, tcell.ModNone))
			}
		}
	}
	return out
}
