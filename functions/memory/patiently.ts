/**
 * Patience with other processes on one database file.
 *
 * @module
 */

/** Tries while another process holds the file, some 150 ms apart beside what SQLite itself waits. */
const TRIES = 30;

/**
 * Waits while another process opens or cleans the database's file: SQLite then refuses without
 * having done anything.
 *
 * @throws whatever `act` throws that is not about a lock, and the lock's error in the end
 */
export async function patiently<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await act();
    } catch (error) {
      const locked = error instanceof Error &&
        /database is locked|SQLITE_BUSY/i.test(error.message);
      if (!locked || attempt === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 200));
    }
  }
}
