package model_test

import (
	"fmt"
	"testing"
	"time"

	"warroom/model"
)

// knownMix returns n events: notes, with assets and indicators among them if known
// is set.
func knownMix(b *testing.B, n int, known bool) (*model.Room, []*model.Event) {
	k := scoped(b)
	base := k.room
	var log []*model.Event
	r := base
	for i := range n {
		var act model.Act
		act.Body = model.NewEntry(model.KindEntryNoted, "note")
		if known && i < 500 {
			a, err := model.Parse(fmt.Sprintf(":asset host h%d suspected", i), model.Ctx{Room: base, Now: k.now})
			if err != nil {
				b.Fatalf("parse: got %v, want none", err)
			}
			act = a
		} else if known && i < 2500 {
			a, err := model.Parse(fmt.Sprintf(":ioc domain h%d.example", i), model.Ctx{Room: base, Now: k.now})
			if err != nil {
				b.Fatalf("parse: got %v, want none", err)
			}
			act = a
		} else if known && i%10 == 0 && len(r.Assets) > 0 {
			as := r.Assets[i/10%len(r.Assets)]
			state := model.AssetContained
			if as.State() == state {
				state = model.AssetConfirmed
			}
			act.Body = &model.AssetMoved{Asset: as.ID, N: as.N, State: state}
		}
		k.room = r
		e := k.event("ana", act)
		r = model.Apply(r, e)
		log = append(log, e)
	}
	if known && (len(r.Assets) != 500 || len(r.Indicators) != 2000) {
		b.Fatalf("got %d assets and %d indicators, want 500 and 2000", len(r.Assets), len(r.Indicators))
	}
	return base, log
}

// BenchmarkFoldKnown folds 20,000 events: notes only, and notes with as many assets
// and indicators as a room can have, with changes to them in every tenth event.
func BenchmarkFoldKnown(b *testing.B) {
	for _, known := range []bool{false, true} {
		b.Run(fmt.Sprint("known=", known), func(b *testing.B) {
			base, log := knownMix(b, 20_000, known)
			for b.Loop() {
				model.Replay(base, log...)
			}
		})
	}
}

// processMix returns n events: notes or, if process is set, with every third of them
// an event that is used to run an incident, up to the limits.
func processMix(b testing.TB, n int, process bool) (*model.Room, []*model.Event) {
	k := led(b)
	base := k.room
	var log []*model.Event
	add := func(who, line string) {
		c := k.ctx(who)
		a, err := model.Parse(line, c)
		if err != nil {
			b.Fatalf("%s: got %v, want none", line, err)
		}
		log = append(log, k.event(who, a))
		k.room = model.Apply(k.room, log[len(log)-1])
		if l := k.room.Line(k.room.Seq); !l.Refused.IsEmpty() {
			b.Fatalf("%s: got it refused (%s), want it allowed", line, l.Refused)
		}
	}
	for i := 0; len(log) < n; i++ {
		k.now = k.now.Add(time.Second)
		turn := i % 30
		switch {
		case !process || turn%3 != 0:
			add("di", "note")
		case turn == 0:
			add("bo", ":ask @di 3m is it dead?")
		case turn == 3 && len(k.room.Asks) > 0 && !k.room.Asks[len(k.room.Asks)-1].Done:
			add("di", fmt.Sprintf(":answer %d yes", len(k.room.Asks)))
		case turn == 6 && len(k.room.Polls) < 400:
			add("bo", ":poll isolate it 1s")
		case turn == 9 && len(k.room.Drafts) < 400:
			add("di", ":update customers we work on it")
		case turn == 12 && len(k.room.WaitingDrafts()) > 0:
			add("bo", fmt.Sprintf(":approve %d", len(k.room.Drafts)))
		case turn == 15:
			add("di", ":update no news")
		case turn == 18:
			add("bo", fmt.Sprintf(":cadence update %dm calm", 16+i/30%2))
		case turn == 21 && len(k.room.Assets) < 500:
			add("bo", fmt.Sprintf(":asset host h%d suspected", i))
		case turn == 24 && len(k.room.Indicators) < 2000:
			add("bo", fmt.Sprintf(":ioc domain h%d.example", i))
		case turn == 27:
			add("bo", fmt.Sprintf(":block 4 no answer, try %d", i))
		default:
			add("di", "note")
		}
	}
	return base, log
}

// BenchmarkFoldProcess folds 100,000 events: notes only, and notes with every kind
// of event that is used to run an incident.
//
//	go test ./model -run '^$' -bench FoldProcess -benchtime 5x
func BenchmarkFoldProcess(b *testing.B) {
	for _, process := range []bool{false, true} {
		b.Run(fmt.Sprint("process=", process), func(b *testing.B) {
			base, log := processMix(b, 100_000, process)
			b.ReportAllocs()
			for b.Loop() {
				model.Replay(base, log...)
			}
		})
	}
}
