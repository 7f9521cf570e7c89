package feed

import (
	"context"
	"path/filepath"
	"strings"

	"warroom/feed/keyring"
	"warroom/feed/subjects"
	"warroom/model"
)

// Guest describes a person who uses this process over a connection of their own, such as
// SSH.
type Guest struct {
	Handle string
	Via    string      // "ssh"
	Dir    string      // directory of their keys below the keys of the data directory: "ssh/<fingerprint>"
	Right  model.Right // right in rooms that do not know their key yet
	Origin string      // how the person was authenticated, for the record: "ssh SHA256:..."
	Name   string      // full name, if the listener knows it
	Job    string
}

// Guest returns a feed for another person that shares the connection and the rooms of
// this feed. A guest sends no join requests: this process has authenticated the person,
// and admits the key with g.Right. Closing the returned feed leaves its rooms.
func (f *Feed) Guest(ctx context.Context, g Guest) (*Feed, error) {
	if err := subjects.CheckHandle(g.Handle); err != nil {
		return nil, err
	}
	if !g.Right.Valid() || !filepath.IsLocal(g.Dir) || strings.Contains(g.Dir, "..") {
		return nil, model.Refuse(model.Internal, "feed.Guest needs a right and a directory of keys")
	}
	if err := f.client.revoked.Refuse(g.Handle); err != nil {
		return nil, err
	}
	k, err := f.client.keys.Take(ctx, g.Dir, g.Via)
	if err != nil {
		return nil, err
	}
	p := keyring.NewIdentity(g.Handle, g.Via, k)
	p.Right, p.Origin, p.Name, p.Job, p.Dir = g.Right, g.Origin, g.Name, g.Job, g.Dir
	return newFeed(f.client, p, true, false), nil
}

// At records that the guest is connected from an address. The other people in the room
// see it until gone is called.
func (f *Feed) At(addr string) (gone func()) { return f.identity.ComesFrom(addr) }
