package bridge_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"warroom/feed/bridge"
	"warroom/model"
)

// TestWaitingForASecretEnds: whoever waits for a secret that somebody else reads, which takes
// minutes, does so only until its own context ends.
func TestWaitingForASecretEnds(t *testing.T) {
	reading, release := make(chan struct{}), make(chan struct{})
	s := bridge.NewSource(func(context.Context) (model.Secret, error) {
		close(reading)
		<-release
		return model.NewSecret([]byte("late")), nil
	})
	first := make(chan error, 1)
	go func() {
		_, err := s.Get(context.Background())
		first <- err
	}()
	<-reading
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, get := range map[string]func() error{
		"get":   func() error { _, err := s.Get(ctx); return err },
		"renew": func() error { _, _, err := s.Renew(ctx, model.Secret{}); return err },
	} {
		if err := get(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want %v", name, err, context.Canceled)
		}
	}
	close(release)
	if err := <-first; err != nil {
		t.Errorf("the first who reads: got %v, want no error", err)
	}
}

// TestReplacedSecretIsChecked: what does not fit a secret causes it to be read again, but not
// more often than once a minute.
func TestReplacedSecretIsChecked(t *testing.T) {
	secret, reads := "old", 0
	s := bridge.NewSource(func(context.Context) (model.Secret, error) {
		reads++
		return model.NewSecret([]byte(secret)), nil
	})
	at := time.Unix(1700000000, 0)
	wrong := errors.New("does not fit")
	check := func(text string) error {
		return s.Check(t.Context(), at, func(s model.Secret) error {
			if string(s.Reveal()) != text {
				return wrong
			}
			return nil
		})
	}
	if err := check("old"); err != nil || reads != 1 {
		t.Errorf("the secret: got %v after %d reads, want no error after one", err, reads)
	}
	secret = "new"
	if err := check("new"); err != nil || reads != 2 {
		t.Errorf("the new secret: got %v after %d reads, want no error after two", err, reads)
	}
	for range 100 {
		if err := check("guessed"); !errors.Is(err, wrong) {
			t.Errorf("a guess: got %v, want %v", err, wrong)
		}
	}
	if reads != 2 {
		t.Errorf("after 100 guesses within a minute: got %d reads, want 2", reads)
	}
	at = at.Add(time.Minute)
	if err := check("guessed"); !errors.Is(err, wrong) || reads != 3 {
		t.Errorf("a guess a minute later: got %v after %d reads, want %v after 3", err, reads, wrong)
	}
	secret = ""
	at = at.Add(time.Minute)
	if err := check("guessed"); bridge.IsUnread(err) == errors.Is(err, wrong) {
		t.Errorf("with an empty secret: got %v, want a refusal", err)
	}
	if err := check(""); err == nil {
		t.Error("an empty secret: got no error, want that nothing fits it")
	}
}

// TestSecretReplacedByAnother: what fits a secret that somebody else read meanwhile is accepted, although it
// was compared with the old one first.
func TestSecretReplacedByAnother(t *testing.T) {
	secret := "old"
	s := bridge.NewSource(func(context.Context) (model.Secret, error) { return model.NewSecret([]byte(secret)), nil })
	wrong := errors.New("does not fit")
	check := func(before func()) error {
		return s.Check(t.Context(), time.Unix(1700000000, 0), func(s model.Secret) error {
			before()
			if string(s.Reveal()) != "new" {
				return wrong
			}
			return nil
		})
	}
	done := false
	err := check(func() {
		if done {
			return
		}
		done, secret = true, "new"
		if err := check(func() {}); err != nil {
			t.Errorf("the other: got %v, want no error", err)
		}
	})
	if err != nil {
		t.Errorf("compared with the old secret first: got %v, want no error", err)
	}
}
