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
		for step := range 80 {
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
	key := func(k tcell.Key, r rune) *tcell.EventKey { return tcell.NewEventKey(k, r, tcell.ModNone) }
	for _, c := range []struct {
		name string
		keys []*tcell.EventKey
		line string // what somebody writes
	}{
		{name: "text", keys: []*tcell.EventKey{key(tcell.KeyRune, 'x')}},
		{name: "completions", keys: []*tcell.EventKey{key(tcell.KeyRune, ':')}},
		{name: "a note", keys: []*tcell.EventKey{key(tcell.KeyCtrlZ, 0)}},
		{name: "scrolled back", keys: []*tcell.EventKey{key(tcell.KeyPgUp, 0)}},
		{name: "a selected line", keys: []*tcell.EventKey{key(tcell.KeyTab, 0)}},
		{name: "a filter", keys: []*tcell.EventKey{key(tcell.KeyTab, 0), key(tcell.KeyRune, '/'), key(tcell.KeyRune, 'k'),
			key(tcell.KeyEnter, 0), key(tcell.KeyTab, 0)}},
		{name: "the order by time", keys: []*tcell.EventKey{key(tcell.KeyTab, 0), key(tcell.KeyRune, 'o'),
			key(tcell.KeyEsc, 0)}},
		{name: "UTC", keys: []*tcell.EventKey{key(tcell.KeyCtrlT, 0)}},
		{name: "a refused line", keys: []*tcell.EventKey{key(tcell.KeyRune, ':'), key(tcell.KeyRune, 'y'),
			key(tcell.KeyEnter, 0)}},
		{name: "a mention", line: "bo @ana please look"},
		{name: "an ask", line: "bo :ask @ana 5m look"},
		{name: "an offer", line: "bo :handoff scribe @ana"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, short := busy(t)
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
	line := []string{"a note", "a note", "a note that is long enough to be wrapped, " + strings.Repeat("as some are, ", 12),
		"@di please look", "@bo and @cy please look", ":ask @di 5m look again", ":ask @bo 5m look", ":ask ic 5m decide",
		":handoff commander @bo", ":role sre @di", ":role comms @cy", ":phase recovery", ":sev SEV-2 calmer",
		":check 2", ":start 4", ":block 5 by the provider", ":pin 6", ":retract 9 not so", "!restore tonight",
		":accept commander", ":answer 1 yes", ":answer 2 no", ":poll 5m continue?"}
	return who[rnd.IntN(len(who))] + " " + line[rnd.IntN(len(line))]
}

// randomKeys returns keys that submit nothing.
func randomKeys(rnd *rand.Rand) []*tcell.EventKey {
	key := func(k tcell.Key) *tcell.EventKey { return tcell.NewEventKey(k, 0, tcell.ModNone) }
	text := func(s string) (out []*tcell.EventKey) {
		for _, r := range s {
			out = append(out, tcell.NewEventKey(tcell.KeyRune, r, tcell.ModNone))
		}
		return out
	}
	lists := [][]*tcell.EventKey{
		text("half a line"), text(":ro"), text("@"), {key(tcell.KeyCtrlU)}, {key(tcell.KeyCtrlU)}, {key(tcell.KeyEsc)},
		{key(tcell.KeyEsc), key(tcell.KeyEsc), key(tcell.KeyCtrlU)}, {key(tcell.KeyPgUp)}, {key(tcell.KeyPgDn)},
		{key(tcell.KeyPgDn), key(tcell.KeyPgDn), key(tcell.KeyPgDn)}, {key(tcell.KeyTab)},
		{key(tcell.KeyTab), key(tcell.KeyUp), key(tcell.KeyUp)}, text("/look"), text("/kind:decision"),
		{key(tcell.KeyCtrlL)},
		append(append([]*tcell.EventKey{key(tcell.KeyTab)}, text("o")...), key(tcell.KeyTab)),
		{key(tcell.KeyCtrlT)}, {key(tcell.KeyCtrlT)}, {key(tcell.KeyPgUp), key(tcell.KeyPgUp)}, {key(tcell.KeyCtrlZ)}, {key(tcell.KeyF2), key(tcell.KeyEsc)}, {key(tcell.KeyF3)}, {key(tcell.KeyF4), key(tcell.KeyEsc)},
	}
	return lists[rnd.IntN(len(lists))]
}
