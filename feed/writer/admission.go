package writer

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/presence"
	"warroom/feed/subjects"
	"warroom/model"
)

// joinInterval is how often a key repeats its join request, and JoinTimeout is for how
// long.
const (
	joinInterval = 300 * time.Millisecond
	JoinTimeout  = 5 * time.Second
)

// admission gets the key of a writer admitted to its room.
type admission struct{ d *Writer }

// Await sends join requests until the writer's key is admitted. It returns nil for a
// revoked key, and for one without the right to write: the room itself refuses their
// entries. It returns [model.Queued] if nobody admits the key within JoinTimeout.
func (ad *admission) Await(ctx context.Context) error {
	d := ad.d
	if err := d.env.CheckAccess(d.Identity, d.Follower.View().Room, d.Follower.Short); err != nil {
		return err
	}
	if ad.revokedKey() == nil && ad.Inside() {
		return nil
	}
	if err := d.Shut(); err != nil {
		return err // nobody can be admitted now
	}
	if d.Identity.Away {
		return model.Refuse(model.Queued, "the lines of %s are kept until that person returns", d.Identity.Handle)
	}
	if _, err := d.Follower.View().Room.RightOf(d.Identity.Handle, model.Watch); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, JoinTimeout)
	defer cancel()
	select { // ComeIn and Submit share one series of requests
	case d.joinLock <- struct{}{}:
		defer func() { <-d.joinLock }()
	case <-ctx.Done():
		return ad.shutOut()
	}
	if old := ad.revokedKey(); old != nil {
		why := model.Safef("was revoked in %s, where %s may come with a new one", d.Follower.Short, d.Identity.Handle)
		if err := d.env.Renew(d.Identity, old, why); err != nil {
			return err
		}
	}
	if ad.Inside() {
		return nil
	}
	if d.Identity.Right != "" {
		return d.env.Introduce(ctx, d)
	}
	if err := ad.introduceNewKey(ctx); err != nil {
		return err
	}
	return ad.requestJoin(ctx)
}

// requestJoin repeats the join request until the writer's key is admitted.
func (ad *admission) requestJoin(ctx context.Context) error {
	d := ad.d
	changed := make(chan struct{}, 1)
	d.Follower.Watch(changed)
	defer d.Follower.Unwatch(changed)
	t := time.NewTicker(joinInterval)
	defer t.Stop()
	refused := make(chan *nats.Msg, 1)
	inbox := d.env.Conn.NC.NewInbox()
	sub, err := d.env.Conn.NC.ChanSubscribe(inbox, refused)
	if err != nil {
		return err
	}
	defer func() { _ = sub.Unsubscribe() }() // fails only if the connection is closed
	for {
		if err := ad.sendJoinRequest(inbox); err != nil {
			return err
		}
		for waiting := true; waiting; {
			if ad.Inside() {
				return nil
			}
			select {
			case <-ctx.Done():
				return ad.shutOut()
			case <-t.C:
				waiting = false
			case <-changed:
			case m := <-refused:
				if err := d.env.Conn.Refused(m, d.Follower.Short); err != nil && !errors.Is(err, jetlog.ErrSilence) {
					return err
				}
			}
		}
	}
}

// introduceNewKey admits the writer's new key with the retired one, if that one may. A
// copy of the retired key gains nothing by it.
func (ad *admission) introduceNewKey(ctx context.Context) (err error) {
	d := ad.d
	old := d.Identity.Previous()
	if old == nil {
		return nil
	}
	r := d.Follower.View().Room
	m, ok := r.Member(old.Text)
	if !ok || m.Revoked || m.Right != model.Command {
		return nil
	}
	act := model.Act{Body: &model.KeyAdmitted{Key: d.Identity.Key().Text, Handle: d.Identity.Handle, Right: m.Right,
		Origin: "key renewed"}}
	return d.env.AdmitAs(ctx, d.Identity.FixedTo(old), d.Follower.Short, act)
}

// revokedKey returns the writer's key if the room revoked it and later admitted its
// person again: the person may come with a new key, and the old one stays revoked. It
// returns nil otherwise, also if only the key was revoked.
func (ad *admission) revokedKey() *keyring.Key {
	d := ad.d
	r, k := d.Follower.View().Room, d.Identity.Key()
	m, ok := r.Member(k.Text)
	s, ruled := r.Rulings[d.Identity.Handle]
	if !ok || !m.Revoked || m.Handle != d.Identity.Handle || !ruled || s.Revoked || d.Identity.Fixed {
		return nil
	}
	return k
}

// Inside reports whether the room has the writer's key.
func (ad *admission) Inside() bool {
	d := ad.d
	r := d.Follower.View().Room
	_, ok := r.Member(d.Identity.Key().Text)
	return ok || r.ID == "" || d.Identity.Fixed
}

func (ad *admission) shutOut() error {
	d := ad.d
	if d.env.Link().State == model.Offline {
		return model.Refuse(model.Unreachable,
			"the hub does not answer, and the key of %s is not admitted to this room yet; try again when the hub is "+
				"back", d.Identity.Handle)
	}
	return model.Refuse(model.Queued,
		`%s is not admitted to this room yet; somebody with the right "command" there can do it: :admit %s write`,
		d.Identity.Handle,
		d.Identity.Handle)
}

// sendJoinRequest sends a join request for the writer's key. A hub that refuses it sends
// the reason to the subject refusals.
func (ad *admission) sendJoinRequest(refusals string) error {
	d := ad.d
	k := d.Identity.Key()
	raw, err := json.Marshal(presence.JoinRequest{Room: d.Follower.Room,
		Sig: ed25519.Sign(k.Private, presence.JoinRequestText(d.Follower.Room, d.Identity.Handle, k.Text))})
	if err != nil {
		return err
	}
	for _, s := range ad.joinSubjects(k.Text) {
		if !d.env.Conn.Denies(s) {
			// it is repeated until it is answered
			_ = d.env.Conn.NC.PublishMsg(&nats.Msg{Subject: s, Reply: refusals, Data: raw})
		}
	}
	return nil
}

// joinSubjects returns the subjects for a join request. On an external server the right
// of a login is unknown, so the request tries all rights, and the server denies the
// others.
func (ad *admission) joinSubjects(key string) []string {
	d := ad.d
	localSubject := subjects.Of(d.Follower.Short, d.Follower.CurrentSubjectKind(subjects.LocalJoin), d.Identity.Handle,
		key)
	loginSubject := func(r model.Right) string {
		return hubapi.Ask(hubapi.VerbJoin, d.Identity.Handle, string(r), d.Follower.Short, key)
	}
	rights := []model.Right{model.Command, model.Write, model.Watch}
	switch right := d.env.LoginRight; {
	case right != "":
		return []string{loginSubject(right)}
	case d.env.OwnsHub:
		return []string{localSubject}
	case d.env.Conn.ByHub.Load():
		return []string{loginSubject(rights[0]), loginSubject(rights[1]), loginSubject(rights[2])}
	}
	out := []string{localSubject}
	for _, r := range rights {
		out = append(out, subjects.JoinOf(d.Follower.Short, d.Follower.CurrentSubjectKind(subjects.LoginJoin), r,
			d.Identity.Handle,
			key))
	}
	return out
}
