package model_test

import (
	"testing"
	"time"

	"warroom/model"
)

// TestDayTime: a time of another day has its date, in the zone of the reader.
func TestDayTime(t *testing.T) {
	now := time.Date(2026, 12, 1, 23, 30, 0, 0, time.FixedZone("CET", 3600))
	for at, want := range map[time.Time]string{
		now.Add(-time.Hour): "22:30", now.Add(time.Hour): "2 Dec 00:30", now.Add(-24 * time.Hour): "30 Nov 23:30",
		now.AddDate(1, 0, 0): "1 Dec 2027 23:30", now.Add(-23 * time.Hour).UTC(): "00:30",
	} {
		if got := model.DayTime(at, now).String(); got != want {
			t.Errorf("%s: got %q, want %q", at, got, want)
		}
	}
	if got, want := model.DaySecond(now.Add(time.Hour), now).String(), "2 Dec 00:30:00"; got != want {
		t.Errorf("with seconds: got %q, want %q", got, want)
	}
}
