package model

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// The kinds of events about assets.
const (
	KindAssetAdded Kind = "asset.added"
	KindAssetState Kind = "asset.state"
)

var _ = register(bodyOf[AssetAdded](KindAssetAdded), bodyOf[AssetMoved](KindAssetState))

// AssetTypes are the types of assets, in the order in which lists show them.
var AssetTypes = []string{"service", "credential", "account", "host", "dataset", "network"}

// The states of an asset.
const (
	AssetSuspected = "suspected"
	AssetConfirmed = "confirmed"
	AssetContained = "contained"
	AssetCleared   = "cleared" // not compromised, or no longer
)

// AssetStates are the states of an asset, in the order of an incident.
var AssetStates = []string{AssetSuspected, AssetConfirmed, AssetContained, AssetCleared}

// Limits on assets in a room, and on state changes of one asset.
const (
	maxAssets     = 500
	maxAssetSteps = 100
	maxAssetName  = 200
)

// Asset is something that may be compromised: a host, an account, a key.
type Asset struct {
	N     int         `json:"n"`
	ID    string      `json:"id"` // ULID of the event that added it
	Type  string      `json:"type"`
	Name  string      `json:"name"`
	Key   string      `json:"key"`   // see Room.fingerprint
	Steps []AssetStep `json:"steps"` // in the order of the log
}

// AssetStep is one state of an asset.
type AssetStep struct {
	State  string    `json:"state"`
	At     time.Time `json:"at"` // as reported by By
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by"`
	Seq    uint64    `json:"seq"`

	RecordedAt time.Time `json:"recorded_at"`
}

// State returns the newest state.
func (a *Asset) State() string { return a.last().State }

func (a *Asset) last() *AssetStep { return &a.Steps[len(a.Steps)-1] }

// By returns who recorded the newest state.
func (a *Asset) By() string { return a.last().By }

// Reason returns the reason for the newest state.
func (a *Asset) Reason() string { return a.last().Reason }

// IsContained reports whether nothing remains to be contained.
func (a *Asset) IsContained() bool {
	return a.State() == AssetContained || a.State() == AssetCleared
}

// Words names the asset: "credential AKIA1234".
func (a *Asset) Words() Safe { return Safef("%s %s", a.Type, CleanLine(a.Name)) }

// AssetN returns the asset with number n, or nil if there is none.
func (r *Room) AssetN(n int) *Asset {
	if n < 1 || n > len(r.Assets) {
		return nil
	}
	return r.Assets[n-1]
}

// assetBy returns the first asset that satisfies is, or nil if there is none.
func (r *Room) assetBy(is func(*Asset) bool) *Asset {
	for i := range r.Assets {
		if is(r.Assets[i]) {
			return r.Assets[i]
		}
	}
	return nil
}

func (r *Room) assetByID(id string) *Asset {
	return r.assetBy(func(a *Asset) bool { return a.ID == id })
}

func (r *Room) assetNamed(typ, name string) *Asset {
	key := r.fingerprint("asset", typ, name)
	return r.assetBy(func(a *Asset) bool { return a.Key == key })
}

// fingerprint returns a hash that identifies a name in this room only. It survives a
// redaction of the name, so that the same thing is not counted twice.
func (r *Room) fingerprint(what, typ, name string) string {
	m := hmac.New(sha256.New, []byte("warroom/"+what+"/v1\n"+r.ID+"\n"+r.Salt))
	m.Write([]byte(typ + "\n" + strings.ToLower(strings.TrimSpace(name)))) // a hash never returns an error
	return hex.EncodeToString(m.Sum(nil)[:10])
}

// AssetAdded adds an asset that may be compromised.
type AssetAdded struct {
	Type   string `json:"type"`
	Name   string `json:"name"`
	Key    string `json:"key"` // see Room.fingerprint
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
}

func (b *AssetAdded) free() []*string { return []*string{&b.Name, &b.Reason} }

func (b *AssetAdded) check(r *Room, _ *Event) error {
	if !slices.Contains(AssetTypes, b.Type) {
		return Refuse(NotFound, "there is no type of asset %s; the types are %s", quoted(b.Type),
			strings.Join(AssetTypes, ", "))
	}
	if err := oneLine("name of the asset", b.Name, maxAssetName); err != nil {
		return err
	}
	if len(b.Key) != 20 || b.Name != Blank && b.Key != r.fingerprint("asset", b.Type, b.Name) {
		return Refuse(Invalid, "the fingerprint of the asset does not match its name")
	}
	if a := r.assetBy(func(a *Asset) bool { return a.Key == b.Key }); a != nil {
		return Refuse(Conflict, "%s is already asset %d, added by %s; to set its state: :asset %d %s REASON",
			a.Words(), a.N, a.Steps[0].By, a.N, b.State)
	}
	switch {
	case !slices.Contains(AssetStates, b.State):
		return badAssetState(b.State)
	case b.State == AssetContained || b.State == AssetCleared:
		return Refuse(Conflict,
			"%s %s has not been recorded yet, so it cannot be %s: first record since when it has been compromised, "+
				"with :asset %s %s suspected @TIME",
			b.Type, CleanLine(b.Name), b.State, b.Type, CleanLine(b.Name))
	case len(r.Assets) >= maxAssets:
		return Refuse(Conflict, "the room has %d assets, which is the limit", maxAssets)
	}
	return longText("reason", b.Reason, true)
}

func badAssetState(state string) error {
	if state == "" {
		return choose("state of the asset", AssetStates)
	}
	return Refuse(Invalid, "%s is not a state of an asset; the states are %s", quoted(state),
		strings.Join(AssetStates, ", "))
}

func (b *AssetAdded) apply(r *Room, e *Event) {
	r.Assets, r.owned.assets = grown(r, r.Assets, r.owned.assets, &Asset{N: len(r.Assets) + 1, ID: e.ID,
		Type: b.Type, Name: b.Name, Key: b.Key,
		Steps: []AssetStep{{State: b.State, At: e.At, Reason: b.Reason, By: e.By, Seq: e.Seq,
			RecordedAt: e.RecordedAt}}})
	r.settleItems(b.Type, e)
}

func (b *AssetAdded) line(r *Room, _ *Event) Safe {
	return because(Safef("%d  %s %s: %s", len(r.Assets)+1, b.Type, CleanLine(b.Name), b.State), b.Reason)
}

// AssetMoved changes the state of an asset.
type AssetMoved struct {
	Asset  string `json:"asset"` // ULID of the event that added it
	N      int    `json:"n"`
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
}

func (b *AssetMoved) free() []*string { return []*string{&b.Reason} }

// asset is the asset that gets another state, nil if the room does not have it.
func (b *AssetMoved) asset(r *Room) *Asset {
	if b.N < 1 || b.N > len(r.Assets) || r.Assets[b.N-1].ID != b.Asset {
		return nil
	}
	return r.Assets[b.N-1]
}

func (b *AssetMoved) check(r *Room, e *Event) error {
	a := b.asset(r)
	switch {
	case a == nil:
		return noSuch("asset", b.N, len(r.Assets), "this room has")
	case !slices.Contains(AssetStates, b.State):
		return badAssetState(b.State)
	case a.State() == b.State:
		return Refuse(Conflict, "asset %d (%s) is already %s, by %s", a.N, a.Words(), b.State, a.By())
	case b.State == AssetContained && e.At.Before(r.compromisedFrom(a)):
		return a.containedEarly(r.compromisedFrom(a), e.At)
	case len(a.Steps) >= maxAssetSteps:
		return Refuse(Conflict, "asset %d has changed %d times, which is the limit", a.N, maxAssetSteps)
	}
	return longText("reason", b.Reason, true)
}

func (b *AssetMoved) apply(r *Room, e *Event) {
	a := *b.asset(r) // a previous room shares it
	a.Steps = push(a.Steps, AssetStep{State: b.State, At: e.At, Reason: b.Reason, By: e.By, Seq: e.Seq,
		RecordedAt: e.RecordedAt})
	r.Assets = set(r, r.Assets, b.N-1, &a)
	r.settleItems(a.Type, e)
}

func (b *AssetMoved) line(r *Room, _ *Event) Safe {
	a := b.asset(r)
	return because(Safef("%d  %s: %s, was %s", a.N, a.Words(), b.State, a.State()), b.Reason)
}

// correctAssets changes the time of the state that the corrected event recorded.
func (r *Room) correctAssets(b *TimeCorrected) {
	for i, was := range r.Assets {
		a := *was
		for k, s := range a.Steps {
			if s.Seq == b.Seq {
				s.At = b.When.UTC()
				a.Steps = set(r, a.Steps, k, s)
				r.Assets = set(r, r.Assets, i, &a)
			}
		}
	}
}
