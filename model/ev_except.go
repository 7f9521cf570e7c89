package model

import (
	"slices"
	"strings"
	"time"
)

// KindItemExcepted is the kind that excepts an asset from an item.
const KindItemExcepted Kind = "item.excepted"

var _ = register(bodyOf[ItemExcepted](KindItemExcepted))

// Exception is an asset that an item of the checklist does not have to contain.
type Exception struct {
	Item   string    `json:"item"`
	Asset  string    `json:"asset"` // ULID of the event that added it
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Seq    uint64    `json:"seq"`
}

// ItemExcepted excepts an asset from an item that contains all assets of its type.
type ItemExcepted struct {
	Item   string `json:"item"`
	Asset  string `json:"asset"` // ULID of the event that added it
	N      int    `json:"n"`     // number of the asset
	Reason string `json:"reason"`
}

func (b *ItemExcepted) free() []*string { return []*string{&b.Reason} }

func (b *ItemExcepted) check(r *Room, _ *Event) error {
	if err := r.hasItem(b.Item); err != nil {
		return err
	}
	it, a := r.ItemByID(b.Item), r.assetByID(b.Asset)
	typ := r.Def(it).Contains
	switch {
	case a == nil || a.N != b.N:
		return noSuch("asset", b.N, len(r.Assets), "this room has")
	case typ == "":
		return Refuse(Conflict, "item %d is not about containing assets, so it has none to leave out", it.N)
	case a.Type != typ:
		return Refuse(Conflict, "item %d is about assets of type %s, and asset %d is of type %s",
			it.N, typ, a.N, a.Type)
	case a.IsContained():
		return Refuse(Conflict, "asset %d (%s) is already %s, so item %d counts it", a.N, a.Words(), a.State(), it.N)
	case strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give a reason: :except %d %d REASON", it.N, a.N)
	}
	if x := r.exceptionOf(b.Item, b.Asset); x != nil {
		return Refuse(Conflict, "item %d already leaves out asset %d, by %s: %s", it.N, a.N, x.By, CleanLine(x.Reason))
	}
	return longText("reason", b.Reason, false)
}

func (b *ItemExcepted) apply(r *Room, e *Event) {
	r.Exceptions = push(r.Exceptions, Exception{Item: b.Item, Asset: b.Asset, By: e.By, At: e.RecordedAt,
		Reason: b.Reason, Seq: e.Seq})
	r.settleItems(r.Def(r.ItemByID(b.Item)).Contains, e)
}

func (b *ItemExcepted) line(r *Room, _ *Event) Safe {
	it, a := r.ItemByID(b.Item), r.assetByID(b.Asset)
	return because(Safef("%d  %s, without asset %d (%s)", it.N, it.Text, a.N, a.Words()), b.Reason)
}

func (r *Room) exceptionOf(item, asset string) *Exception {
	i := slices.IndexFunc(r.Exceptions, func(x Exception) bool { return x.Item == item && x.Asset == asset })
	if i < 0 {
		return nil
	}
	return &r.Exceptions[i]
}

// Excepted returns the exceptions of an item.
func (r *Room) Excepted(it *Item) []Exception {
	var out []Exception
	for _, x := range r.Exceptions {
		if x.Item == it.ID {
			out = append(out, x)
		}
	}
	return out
}

// AssetOf returns the asset of an exception, or nil if the room does not have it.
func (r *Room) AssetOf(x Exception) *Asset { return r.assetByID(x.Asset) }
