import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from './api-problems';
import { ErrorAnswers } from './error-answers';
import { httpProblems } from './http-problems';
import { ProblemException } from './problems';
import { Public } from '../access/required-scope';

/** The pages that the `type` of a problem points to. */
@ApiTags('Problems')
@Public()
@Controller('problems')
export class ProblemsController {
  constructor(private readonly answers: ErrorAnswers) {}

  @Get(':kind')
  @ApiOperation({
    summary: 'What a type of problem means',
    description: 'A text for people: the title of the type, and what to do about it.',
  })
  @ApiParam({ name: 'kind', schema: { type: 'string', example: 'not-found' } })
  @ApiResponse({
    status: 200,
    description: 'The title and the meaning.',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  @ApiProblems('kind', httpProblems['not-found'])
  explainProblem(@Param('kind') kind: string): string {
    const type = this.answers.types.find((known) => known.kind === kind);
    if (!type) throw new ProblemException(httpProblems['not-found']);
    return `${type.title} (${type.status})\n\n${type.meaning}\n`;
  }
}
