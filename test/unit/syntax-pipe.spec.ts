import { IsEmail, Max } from 'class-validator';
import { Name, Quantity } from '../../src/http/requests/fields';
import { readFields } from '../../src/http/requests/syntax.pipe';

class SupplierRequest {
  @Name('The supplier.', 'ACME')
  name!: string;

  @IsEmail({}, { message: 'must be an address' })
  email!: string;
}

class ParcelRequest {
  @Max(5, { message: 'must be five at most' })
  @Quantity('Pieces.', 1)
  qty!: number;
}

class CrateRequest extends ParcelRequest {
  @Name('The crate.', 'C-1')
  crate!: string;
}

const complaints = (type: new () => object, value: object) =>
  readFields(type, value).errors.map(({ field, message }) => `${field} ${message}`);

test('checks of class-validator hold beside those of the service', () => {
  expect(complaints(SupplierRequest, { name: 'ACME', email: 'buyer@example.org' })).toEqual([]);
  expect(complaints(SupplierRequest, { name: 'ACME', email: 'nobody' })).toEqual([
    'email must be an address',
  ]);
});

test('a field may have several checks', () => {
  expect(complaints(ParcelRequest, { qty: 5 })).toEqual([]);
  expect(complaints(ParcelRequest, { qty: 6 })).toEqual(['qty must be five at most']);
});

test('checks are inherited', () => {
  expect(complaints(CrateRequest, { qty: 1, crate: 'C-1' })).toEqual([]);
  expect(complaints(CrateRequest, { qty: 6, crate: '.' })).toHaveLength(2);
});
