package feed_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// guestsOf opens n terminals of invited people in a room.
func guestsOf(b *testing.B, data, short string, n int) (seats []model.Seat, opened time.Duration) {
	b.Helper()
	ctx := context.Background()
	for i := range n {
		handle := fmt.Sprint("p", i)
		text, err := feed.Invite{Handle: handle, Right: model.Write}.Write(ctx, data, time.Now)
		if err != nil {
			b.Fatal(err)
		}
		path := filepath.Join(feedtest.Data(b), "invitation")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
		o := feedtest.Options(b, feedtest.Data(b), handle)
		o.Creds = path
		start := time.Now()
		f, err := feed.Open(ctx, o)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = f.Close() })
		s, err := f.Enter(ctx, short)
		if err != nil {
			b.Fatal(err)
		}
		opened += time.Since(start)
		seats = append(seats, s)
	}
	return seats, opened
}

// BenchmarkLogins is what a login pays: to come in, to have a line acknowledged, and
// until the last of 100 terminals has a line of one of them.
func BenchmarkLogins(b *testing.B) {
	data := feedtest.Data(b)
	o := feedtest.Options(b, data, "ana")
	o.Listen = "127.0.0.1:0"
	f, err := feed.Open(context.Background(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	short, err := f.Declare(context.Background(), model.Declaration{Title: "A bench", Severity: "SEV-1", Plan: feedtest.Plan()})
	if err != nil {
		b.Fatal(err)
	}
	const many = 100
	seats, opened := guestsOf(b, data, short, many)
	ctx := context.Background()
	if _, err := seats[0].Append(ctx, feedtest.Note("warm")); err != nil {
		b.Fatal(err)
	}
	var acks, lasts []time.Duration
	for i := 0; b.Loop(); i++ {
		text := fmt.Sprint("line ", i)
		start := time.Now()
		r, err := seats[0].Append(ctx, feedtest.Note(text))
		if err != nil {
			b.Fatal(err)
		}
		acks = append(acks, time.Since(start))
		for _, s := range seats {
			for s.Latest().Room.Seq < r.Seq {
				<-s.Bell()
			}
		}
		lasts = append(lasts, time.Since(start))
	}
	b.ReportMetric(float64(opened.Microseconds())/many/1000, "ms/login")
	b.ReportMetric(float64(median(acks).Microseconds())/1000, "ms/ack")
	b.ReportMetric(float64(median(lasts).Microseconds())/1000, "ms/last")
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
