/** Nobody of this id has ever placed an order, or he was forgotten. */
export class CustomerNotFound extends Error {
  constructor(id: string) {
    super(`There is no customer ${id}`);
  }

  override get name(): string {
    return 'CustomerNotFound';
  }
}
