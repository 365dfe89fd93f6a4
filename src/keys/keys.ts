import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../ids';
import { KeyTable } from './adapters/key-table';
import { type Key, type KeyWish, type KeyWithSecret } from './key';
import { KeyRing } from './key-ring';
import { hashOf, lastFourOf, newSecret } from './secret';

/**
 * Takes care of keys. What is changed is so on this instance at once, and on the others a moment later. Calls answer
 * undefined when there is no such key.
 */
@Injectable()
export class Keys {
  constructor(
    private readonly table: KeyTable,
    @Inject(KeyRing) private readonly ring: Pick<KeyRing, 'refresh'>,
  ) {}

  /**
   * @throws KeyExists when one of that name is in use; KeyExpired: as the only key, it would lock everybody out
   */
  async create(wish: KeyWish): Promise<KeyWithSecret> {
    const secret = newSecret();
    const key = await this.table.add(newId(), wish, hashOf(secret), lastFourOf(secret));
    await this.ring.refresh();
    return { ...key, key: secret };
  }

  /** @param after the id of a key; those created later follow */
  list(after: string | undefined, limit: number): Promise<Key[]> {
    return this.table.list(after, limit);
  }

  get(id: string): Promise<Key | undefined> {
    return this.table.get(id);
  }

  /** The id of the key of that name which is not revoked. */
  idOf(name: string): Promise<string | undefined> {
    return this.table.idOf(name);
  }

  /**
   * Gives a key a new secret.
   * @param overlap seconds for which the previous secret stays valid. The one before that is valid no more, whatever
   *   was left of its overlap
   * @returns undefined also when it was revoked, or has expired
   */
  async rotate(id: string, overlap: number): Promise<KeyWithSecret | undefined> {
    const secret = newSecret();
    const key = await this.table.rotate(id, hashOf(secret), lastFourOf(secret), overlap);
    await this.ring.refresh();
    return key && { ...key, key: secret };
  }

  /** Revokes the key: nobody gets in with it any more, and it stays in the list. */
  async revoke(id: string): Promise<Key | undefined> {
    const key = await this.table.revoke(id);
    await this.ring.refresh();
    return key;
  }
}
