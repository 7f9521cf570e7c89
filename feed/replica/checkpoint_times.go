package replica

import (
	"warroom/feed/mirror"
	"warroom/feed/roomstore"
	"warroom/model/signing"
)

// timesOf is the running hash over the receipt times of the messages in a replica.
type timesOf struct {
	seq  uint64        // last message that is included; if 0, the replica has to be read
	size uint64        // number of leaves up to seq
	all  signing.Times // after the last message
	leaf signing.Times // after the last leaf
}

// follow adds the next message of the replica. If messages are missing before it, it
// resets the hash.
func (t *timesOf) follow(m *mirror.Message) {
	if t.seq == 0 || m.Seq != t.seq+1 {
		t.seq = 0
		return
	}
	t.add(m)
}

func (t *timesOf) add(m *mirror.Message) {
	t.seq, t.all = m.Seq, t.all.Add(m.Seq, m.At)
	if m.IsLeaf() {
		t.size++
		t.leaf = t.all
	}
}

// recordedTimes returns the hash at the end of the replica. It reads the whole replica
// the first time, and after the replica was started again.
func (c *Mirror) recordedTimes(tip mirror.Tip) (signing.Times, error) {
	t := &c.attestation.times
	if t.seq == tip.Seq && t.size == tip.Size {
		return t.leaf, nil
	}
	*t = timesOf{}
	err := mirror.Read(roomstore.Dir(c.f.env.Store.Data, c.f.Room), c.f.Room, c.f.env.Store.CopyBox(), 1,
		func(m *mirror.Message) error {
			t.add(m)
			return nil
		})
	if err == nil && (t.seq != tip.Seq || t.size != tip.Size) {
		err = mirror.ErrDamaged
	}
	if err != nil {
		*t = timesOf{}
	}
	return t.leaf, err
}
