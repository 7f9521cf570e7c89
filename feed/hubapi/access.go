package hubapi

import (
	"maps"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// The metadata of a room's stream, beside its messages.
const (
	metaReaders = "warroom-readers" // handles that may see the room, by commas; missing: it is not restricted
	metaBarred  = "warroom-barred"  // handles whose keys the room revoked, by commas
	MetaHeld    = "warroom-held"    // why nothing may be written
	MetaTimes   = "warroom-times"   // the hub's key that signs original times of recording
)

// Access is who may see a room over the network.
type Access struct {
	Restricted bool
	Readers    []string // handles, where it is restricted
	Barred     []string // handles that may not see it any more, restricted or not
}

// Sees reports whether a handle may see the room.
func (a Access) Sees(handle string) bool {
	return !slices.Contains(a.Barred, handle) && (!a.Restricted || slices.Contains(a.Readers, handle))
}

// Equal reports whether two accesses are the same.
func (a Access) Equal(b Access) bool {
	return a.Restricted == b.Restricted && slices.Equal(a.Readers, b.Readers) && slices.Equal(a.Barred, b.Barred)
}

// Both returns the access of those who may see the room by both.
func (a Access) Both(b Access) Access {
	out := Access{Restricted: a.Restricted || b.Restricted, Barred: sorted(append(slices.Clone(a.Barred), b.Barred...))}
	for _, h := range append(slices.Clone(a.Readers), b.Readers...) {
		if (!a.Restricted || slices.Contains(a.Readers, h)) && (!b.Restricted || slices.Contains(b.Readers, h)) {
			out.Readers = append(out.Readers, h)
		}
	}
	out.Readers = sorted(out.Readers)
	return out
}

// NewAccess returns the access of a room: readers are the handles that a restricted
// room names, none where it is not restricted.
func NewAccess(readers, barred []string) Access {
	return Access{Restricted: len(readers) > 0, Readers: sorted(readers), Barred: sorted(barred)}
}

func sorted(handles []string) []string {
	if len(handles) == 0 {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(handles)))
}

// AccessOf reads who may see a room from the configuration of its stream.
func AccessOf(c jetstream.StreamConfig) (a Access) {
	readers, restricted := c.Metadata[metaReaders]
	a.Restricted = restricted
	a.Readers, a.Barred = split(readers), split(c.Metadata[metaBarred])
	return a
}

func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// Set writes the access into the configuration of a stream of a room, of its log or
// its checkpoints: what is stored there is published again on a subject that every
// login may subscribe to, or on the private one.
func (a Access) Set(c *jetstream.StreamConfig, short, lane string) {
	if lane == LaneLog {
		c.Metadata = maps.Clone(c.Metadata)
		if c.Metadata == nil {
			c.Metadata = map[string]string{}
		}
		delete(c.Metadata, metaReaders)
		delete(c.Metadata, metaBarred)
		if a.Restricted {
			c.Metadata[metaReaders] = strings.Join(a.Readers, ",")
		}
		if len(a.Barred) > 0 {
			c.Metadata[metaBarred] = strings.Join(a.Barred, ",")
		}
	}
	live := LaneLive
	if a.Restricted {
		live = Private(LaneLive)
	}
	c.RePublish = &jetstream.RePublish{Source: Root + short + "." + lane + ".>", Destination: Root + short + "." + live + ".>"}
}
